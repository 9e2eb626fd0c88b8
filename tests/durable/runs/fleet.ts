import { useFleet } from "../support/fleet.js";

/** The fleet of all tests in this directory: some hold three worker processes at the same time. */
export const fleet = useFleet({ processes: 3 });
