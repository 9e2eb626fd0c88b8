import { useFleet } from "../support/fleet.js";

/** The fleet of all tests in this directory, with one worker process. */
export const fleet = useFleet({ processes: 1 });
