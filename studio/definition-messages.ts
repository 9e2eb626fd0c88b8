/**
 * Messages about definitions between the studio's page and its server: only types, sent as JSON.
 */
import type { LocatedError } from "../compiler/errors.js";
import type { JsonObject } from "../platform/json.js";
import type { PlannedWork } from "../api/forecasting/expected-work.js";
import type { Comparison } from "../report/run/comparison.js";
import type { RunStatus } from "../schemas/run.js";
import type { Failure } from "./messages.js";
import type { FormField } from "./people-messages.js";

/** A pipeline of the project, or one that Pawl ships. */
export interface ListedPipeline {
  name: string;
  file: string;
  isShipped: boolean;
  description?: string;
  /** Names of its inputs, and of its stages with their types. */
  inputs: string[];
  stages: { id: string; uses: string }[];
  /** The error, if the rest is empty. */
  problem?: Failure;
}

/** A pipeline's definition. */
export interface PipelineMessage {
  name: string;
  file: string;
  isShipped: boolean;
  text: string;
  /** SHA-256 of the text, for `SaveRequest.before`. */
  digest: string;
  /** Whether this visitor may save it, and start code that it names. */
  isOwner: boolean;
}

export interface SaveRequest {
  text: string;
  /** The digest that the file had when it was opened; null: there was no such file. */
  before: string | null;
}

/** A definition that somebody is editing. */
export interface WrittenDefinition {
  text: string;
  /** The file that it is shown under. */
  file: string;
  /** Values of inputs, without those that are left to their defaults. */
  inputs: JsonObject;
  seed?: number;
}

/** A fork of a run. */
export interface WrittenFork extends WrittenDefinition {
  /** `stages.base.with.steps=500`, each. */
  set: string[];
  from?: string;
  only?: string;
}

/** A stage of a definition, for its graph. */
export interface WrittenStage {
  id: string;
  uses: string;
  needs: string[];
  /** Of the definition, from 1. */
  line: number;
}

/** What the compiler says about a definition. */
export interface CheckMessage {
  errors: LocatedError[];
  warnings: LocatedError[];
  /** Of its inputs. */
  inputs: FormField[];
  /** Those of a definition with mistakes as far as it can be read. */
  stages: WrittenStage[];
}

/** The forecast of each stage if the run started now. */
export type PlanMessage = PlannedWork;

/** A place of a text, for completions and hover texts. */
export interface PlaceRequest {
  text: string;
  offset: number;
}

export interface StartedMessage {
  run: string;
}

/** A run in a comparison. */
export interface ComparedHead {
  run: string;
  pipeline: string;
  status: RunStatus;
  startedAtMs: number;
  endedAtMs?: number;
}

/** How runs differ from the first of them. */
export interface CompareMessage extends Comparison {
  runs: ComparedHead[];
  /** One sentence each. */
  problems: string[];
}
