/**
 * Search attributes of runs, by which Temporal's own list can be filtered, with their types as
 * `temporal operator search-attribute create` names them.
 */
export const searchAttributes = {
  /** The pipeline's name. */
  PawlPipeline: "Keyword",
  /** As `pawl status` shows it. */
  PawlStatus: "Keyword",
  /** What the run waits for; see WaitsFor. */
  PawlWaitsFor: "KeywordList",
} as const;

/**
 * What a run can wait for: people's approval or choices, an action on a parked stage, a place in
 * its concurrency group.
 */
export type WaitsFor = "approval" | "choices" | "action" | "place";
