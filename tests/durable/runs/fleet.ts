import { useFleet } from "../support/fleet.js";

/** The fleet of all tests in this directory. */
export const fleet = useFleet();
