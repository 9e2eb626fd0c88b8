import { useFleet } from "../support/fleet.js";

/**
 * The fleet of all tests in this directory. Its server asks for a new history after 60 events
 * instead of 4,096.
 */
export const fleet = useFleet({ settings: { "limit.historyCount.suggestContinueAsNew": 60 } });
