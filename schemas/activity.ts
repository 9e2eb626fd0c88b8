import type { Json, JsonObject } from "../platform/json.js";

/**
 * What a worker of the user's gets: the one argument of its activity, in JSON. All paths are absolute, on a file system that
 * Pawl's workers see, too. The contract: docs/guides/own-stages.md.
 */
export interface ActivityTask {
  /** Raised whenever a worker of an earlier contract could not run the task. */
  contract: 1;
  run: string;
  stage: string;
  attempt: number;
  /** SHA-256 (hex) of all that the result depends on. */
  key: string;
  seed: number;
  settings: JsonObject;
  /** By name: a directory, to be read only. */
  inputs: Record<string, string>;
  /** An empty directory for what the activity writes. */
  outputs: string;
  checkpoints: {
    /** An empty directory; a directory in it that is renamed to a number is a complete checkpoint. */
    directory: string;
    /** How often to save one, s. */
    everySeconds: number;
    /** How many of the newest to keep. */
    keep: number;
  };
  /** A file to which the activity appends events: metrics of steps, lines of the run's log. */
  events: string;
  /** A file to which it appends what it prints. */
  output: string;
  /** A copy of the newest checkpoint, which the activity may change. */
  resume?: { step: number; directory: string };
}

/** An attempt's request to call an activity of the user's. */
export interface ActivityCall {
  activity: string;
  taskQueue: string;
  /** Error types that no further attempt follows. */
  notRetried: string[];
  /** Name of the attempt's directory; see `layout.exchange`. */
  directory: string;
  task: ActivityTask;
}

/** What the activity returned, for the rest of the attempt. */
export interface CalledActivity {
  directory: string;
  result: Json;
}
