/** Messages of the studio's server to its page: only types, sent as JSON. */
import type { Cost } from "../api/reading/rates.js";
import type { ErrorFacts } from "../platform/errors.js";
import type { JsonObject } from "../platform/json.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import type { RunStatus, StageFailure, StageStatus } from "../schemas/run.js";
import type { Metric } from "../schemas/stage.js";
import type { ArtifactNode } from "../report/run/artifact-tree.js";
import type { FileContents } from "../report/run/contents.js";
import type { Point } from "../report/run/downsample.js";
import type { Attempt } from "../report/run/stage-events.js";
import type { StageSample } from "../report/run/samples.js";
import type { Progress } from "../schemas/stage-result.js";

/** An error of Pawl. */
export interface Failure {
  code: string;
  message: string;
  facts: ErrorFacts;
}

/** The action that a stage waits for. */
export interface WaitingItem {
  run: string;
  pipeline: string;
  stage: string;
  kind: "choices" | "approval" | "parked";
  /** Why it waits: the question, or why its last attempt failed. */
  text: string;
  sinceMs?: number;
  /** Of choices: items with enough of them, items that need them, and choices by all people. */
  chosen?: number;
  target?: number;
  votes?: number;
  /** The command to answer, without `pawl`. */
  command: string;
}

/** A run as the list of runs shows it. */
export interface RunSummary {
  run: string;
  pipeline: string;
  status: RunStatus;
  startedAtMs: number;
  endedAtMs?: number;
  /** Stages that have ended, and all. */
  done: number;
  total: number;
  /** Progress from 0 to 1, for active runs. */
  share?: number;
  /** The most informative metric. */
  metric?: { name: string; value: number; low?: number; high?: number };
  /** What its work has cost so far, if the project has rates. */
  cost?: Cost;
  waits: WaitingItem[];
  /** The parent run. */
  parent?: string;
  /**
   * Under way, and why it may be in another state: the server does not answer, does not know it,
   * was not asked for it, or has no worker that answers for it.
   */
  stale?: "away" | "unknown" | "notAsked" | "noWorker";
}

/** The list of runs, or what of it has changed. */
export interface RunsMessage {
  runs: RunSummary[];
  /** The message has all runs and replaces earlier ones. */
  isAll?: true;
  /** Runs that no longer exist. */
  removed?: string[];
  /**
   * What the Temporal server says of the runs under way: it has not been asked yet, it answers, or
   * it does not.
   */
  server: "unasked" | "answers" | "away";
  problem?: Failure;
}

/** What `/api/runs` answers. */
export interface Board {
  runs: RunSummary[];
  problem?: Failure;
}

/** A stage of a run, as its page shows it. */
export interface StageCard {
  id: string;
  /** Id in the definition: a stage of a matrix stands for one of its combinations. */
  declared: string;
  type: string;
  needs: string[];
  status: StageStatus;
  /** No worker has started its attempt yet. */
  isQueued?: true;
  /** The values of its combination, in words. */
  combination?: string;
  reason?: string;
  attempts: number;
  startedAtMs?: number;
  endedAtMs?: number;
  sinceMs?: number;
  workedMs?: number;
  spentMs?: Partial<Record<StageStatus, number>>;
  metrics: Record<string, number>;
  progress?: Progress;
  /** Time left, ms. */
  leftMs?: number;
  /** The main metric over its steps so far, as means; of a running stage. */
  curve?: number[];
  outputs: Record<string, ArtifactRef>;
  failure?: StageFailure;
  /** The child run of the stage. */
  child?: string;
}

/** A run, without its stages. */
export interface RunHead {
  run: string;
  pipeline: string;
  status: RunStatus;
  startedAtMs: number;
  endedAtMs?: number;
  seed?: number;
  inputs: JsonObject;
  file?: string;
  parent?: string;
  /**
   * It starts no further stage until it is unpaused, whatever its status: stages under way, parked
   * or waiting decide that.
   */
  isPaused?: true;
  /** 0 to 1. */
  share: number;
  leftMs?: number;
  /** What its work has cost so far, if the project has rates. */
  cost?: Cost;
  /** Why it failed, if no stage says so. */
  failure?: { code: string; message: string };
  /** Why this may be out of date. */
  note?: string;
  /** Address of the run in Temporal's web UI. */
  temporalUi?: string;
  /** Runs of its concurrency group that it waits behind. */
  behind?: string[];
  waits: WaitingItem[];
}

/** A run, or what of it has changed: stages that are left out are as they were. */
export interface RunMessage {
  head?: RunHead;
  stages: StageCard[];
  /** The message has all stages of the run. */
  isAll?: true;
  problem?: Failure;
}

/** More about one stage. */
export interface StageDetail {
  id: string;
  /** Why it ran, failed, waits or came from the cache; empty if nothing is known. */
  why: string[];
  /** As in the definition. */
  planned: JsonObject;
  /** The settings that differ from the defaults, as the stage's result has them. */
  settings?: JsonObject;
  key?: string;
  /** The newest. */
  attempts: Attempt[];
  attemptCount: number;
  checkpointCount: number;
  madeBy?: { run: string; stage: string; machine: string; endedAt: string };
  /** What its outputs were made from, by output. */
  lineage: Record<string, ArtifactNode>;
  /** A program of it has run in this run. */
  hasOutput?: true;
}

/** A metric of a stage over its steps, or over a range of them. */
export interface CurvePiece {
  stage: string;
  metric: string;
  declared?: Metric;
  /** In the range, and one beyond each end of it; at most two for each bucket. */
  points: Point[];
  /** Steps of the whole curve. */
  from: number;
  to: number;
  count: number;
  notFinite: number;
  /** In the range; at most one for each bucket. */
  checkpoints: number[];
  /** Where later attempts resumed: in the range, at most one for each bucket. */
  retries: number[];
  /** When a step was recorded, epoch ms, in their order; of many, some in equal distances. */
  times: [step: number, timeMs: number][];
  /** Its type counts tokens. */
  countsTokens?: true;
  /** Mean of the stage; absent while it is unknown: until the stage has ended. */
  tokensPerStep?: number;
}

export interface CurvesMessage {
  run: string;
  curves: CurvePiece[];
  /** Ids of stages after those, which may have curves, too: each is read when it is asked for. */
  others: string[];
  /** One sentence each. */
  problems: string[];
}

/** A line of a run's log. */
export interface LogLine {
  time: string;
  stage: string;
  attempt: number;
  message: string;
  facts: string;
  /** Characters of the whole line, if it was cut. */
  cutFrom?: number;
}

export interface LogMessage {
  lines: LogLine[];
  /** Lines before these that are left out. */
  leftOut?: number;
  /** The message has all lines from the beginning and replaces earlier ones. */
  isStart?: true;
}

/** What the program of a stage has printed in its last attempt, or what is new of it. */
export interface OutputMessage {
  /** Whether a program of the stage has run in this run. */
  isPresent: boolean;
  /** It follows the text before; its last line may continue. */
  text: string;
  /** Bytes before this text that are left out. */
  leftOut?: number;
  /** The text starts at the beginning and replaces earlier text. */
  isStart?: true;
}

export interface SamplesMessage {
  samples: StageSample[];
  problems: string[];
}

/** An artifact in the list of a run. */
export interface ListedArtifact {
  stage: string;
  output: string;
  kind: string;
  digest: string;
  /** Absent if it is not in this store. */
  bytes?: number;
  files?: number;
}

/** What an artifact is, what is in it, and what it belongs to. */
export interface ArtifactMessage {
  kind: string;
  digest: string;
  files: { path: string; size: number }[];
  contents: FileContents[];
  madeFrom: ArtifactNode;
  usedFor: ArtifactNode;
}

export interface DefinitionMessage {
  /** Absent if the store does not have it. */
  text?: string;
  file?: string;
}
