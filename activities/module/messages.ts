import type { JsonObject } from "../../platform/json.js";
import type { ArtifactRef, WrittenKind } from "../../schemas/artifact.js";
import type { ComputeFingerprint } from "../../schemas/compute.js";
import type { StageDescription } from "../../schemas/own-stage.js";

/**
 * What a stage's process and its worker say to each other on the events descriptor, one JSON object
 * a line. The process writes the events of any program (progress, metrics, log) and requests; the
 * worker answers each request.
 */

/** The task of the process. */
export type Task = { file: string } & ({ describe: true } | { run: RunTask });

/** What `run` receives, except what needs the worker. */
export interface RunTask {
  settings: JsonObject;
  runId: string;
  stage: string;
  seed: number;
  attempt: number;
  workingDirectory: string;
  checkpointEveryMs: number;
  /** A directory for what is being written. */
  scratch: string;
  /** The compute settings, if it computes with tensors. */
  compute?: Pick<ComputeFingerprint, "device" | "threads">;
}

/** Requests of the process to its worker: arguments and result by method. */
export interface Methods {
  /** The first request. */
  begin: { args: object; answer: Task };
  confirmLease: { args: object; answer: null };
  latestCheckpoint: { args: object; answer: { step: number; directory: string } | null };
  saveCheckpoint: { args: { step: number; directory: string }; answer: null };
  putArtifact: { args: { kind: WrittenKind; directory: string }; answer: ArtifactRef };
  openArtifact: { args: { ref: ArtifactRef }; answer: string };
  /** The last request: how the task ended. */
  end: { args: { end: End }; answer: null };
}

export type End =
  | { description: StageDescription }
  | { outputs: Record<string, ArtifactRef>; metrics: Record<string, number> }
  | { failure: Failure }
  /** The stage stopped because it was asked to. */
  | { stopped: true };

/**
 * Why a task failed. invalid: the file cannot be loaded, or its definition, its settings or what it
 * returns are wrong. refused: the stage says that a retry is of no use. backend: what it computes
 * with does not load. thrown: any other error.
 */
export interface Failure {
  kind: "invalid" | "refused" | "backend" | "thrown";
  message: string;
  /** `with.NAME`, or the place in the code. */
  where?: string;
  /** The number of the request whose failure it was. */
  request?: number;
}

export type Request = {
  [M in keyof Methods]: { event: "request"; id: number; method: M } & Methods[M]["args"];
}[keyof Methods];

/** A response to a request: its value or its failure. */
export type Answer = { id: number; value: Methods[keyof Methods]["answer"] } | { id: number; error: string };
