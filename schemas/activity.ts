import type { Json, JsonObject } from "../platform/json.js";

/**
 * The JSON argument of an activity in a worker of the user's. All paths are absolute, on a file
 * system that Pawl's workers share. docs/guides/own-stages.md documents this contract.
 */
export interface ActivityTask {
  /** Incremented whenever workers for the previous contract could not run the task. */
  contract: 1;
  run: string;
  stage: string;
  attempt: number;
  /** SHA-256 (hex) of all that the result depends on. */
  key: string;
  seed: number;
  settings: JsonObject;
  /** Read-only directories by name. */
  inputs: Record<string, string>;
  /** An empty directory for what the activity writes. */
  outputs: string;
  checkpoints: {
    /**
     * An empty directory for checkpoints. A checkpoint is complete once its directory is renamed to
     * a number.
     */
    directory: string;
    /** Seconds between checkpoints. */
    everySeconds: number;
    /** Number of newest checkpoints to keep. */
    keep: number;
  };
  /** A file to which the activity appends events: metrics of steps, lines of the run's log. */
  events: string;
  /** A file to which the activity appends its output. */
  output: string;
  /** A copy of the newest checkpoint, which the activity may change. */
  resume?: { step: number; directory: string };
}

/** An attempt's request to call an activity of the user's. */
export interface ActivityCall {
  activity: string;
  taskQueue: string;
  /** Error types that are not retried. */
  notRetried: string[];
  /** Name of the attempt's directory; see `layout.exchange`. */
  directory: string;
  task: ActivityTask;
}

/** The activity's result, which the rest of the attempt reads. */
export interface CalledActivity {
  directory: string;
  result: Json;
}
