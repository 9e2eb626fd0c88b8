import type { Json, JsonObject } from "../platform/json.js";
import type { ConcurrencyPlan } from "./concurrency.js";
import type { Webhook } from "./notifications.js";
import type { StageType } from "./stages/index.js";
import type { RetryPlan } from "./retry-plan.js";

/**
 * Issued at a run's start if the run may use its project directory on every worker and run code
 * from its code roots. Only the plan in the store has it, and only there is it valid: see
 * worker/authority/plans.ts.
 */
export interface RunGrant {
  /** SHA-256 (hex) of the plan without its grant. */
  plan: string;
  /** HMAC-SHA256 (hex) of run id, project and that digest, with the key of PAWL_HOME. */
  signature: string;
}

/**
 * A checked pipeline, ready to be interpreted: defaults applied, edges known, expressions still to
 * be evaluated. It is part of workflow history, so that a run keeps its own copy whatever happens
 * to the file.
 */
export interface Plan {
  name: string;
  /**
   * The run's project directory, absolute. Absent in runs of earlier versions, which use the
   * worker's.
   */
  project?: string;
  grant?: RunGrant;
  description?: string;
  /** SHA-256 (hex) of the definition's text. */
  definitionDigest: string;
  /** The file it came from, relative to the working directory; absent for an inlined definition. */
  file?: string;
  /** Root of all seeds of the run. */
  seed: number;
  /** Run inputs, checked, defaults filled in. */
  inputs: JsonObject;
  /**
   * Ordered so that every stage comes after its needs; ties in order of appearance. See
   * `stagesToRun`.
   */
  stages: DeclaredStage[];
  notify?: Webhook[];
  concurrency?: ConcurrencyPlan;
  /** Top-level outputs: JSON whose strings may hold `${{ }}`. */
  outputs: JsonObject;
  /** The definitions that this one names, directly or through others, by the names that it uses. */
  files?: DefinitionFiles;
}

/** A definition that another one names: its file, as messages name it, and its text. */
export interface DefinitionFile {
  file: string;
  text: string;
}

/** Definitions by name, as written in `with.pipeline` or `include`. */
export type DefinitionFiles = Readonly<Record<string, DefinitionFile>>;

/** The pipeline that a stage runs. */
export interface ChildPlan {
  /** A key of the plan's `files`, as written in the definition. */
  name: string;
  /** SHA-256 (hex) of its text and of those that it names. */
  digest: string;
  /** Maximum duration of its run, ms; absent: none. */
  timeoutMs?: number;
}

/** A stage of the definition. */
export interface DeclaredStage extends Omit<PlannedStage, "member"> {
  /** It runs once for each combination. */
  matrix?: MatrixPlan;
}

export interface MatrixPlan {
  /** Values by name; every combination has the same names. */
  combinations: JsonObject[];
  /** Maximum number under way at the same time; absent: as many as there are workers. */
  maxParallel?: number;
  /** After one fails, the others are canceled and no more are started. */
  failFast: boolean;
}

/**
 * A matrix whose combinations are known only at run time: `{ item, index }` for each item of a
 * list.
 */
export interface ForeachPlan extends Omit<MatrixPlan, "combinations"> {
  /** JSON whose strings may hold `${{ }}`: a list, or an artifact of JSON lines. */
  items: Json;
  /** Maximum number of items. */
  maxItems: number;
}

/** What a stage that stands for one combination of a matrix knows about it. */
export interface Member extends Omit<MatrixPlan, "combinations"> {
  /** The id of the stage in the definition. */
  of: string;
  combination: JsonObject;
}

/** A stage to run. */
export interface PlannedStage {
  id: string;
  uses: StageType;
  /** JSON whose strings may hold `${{ }}`. */
  with: JsonObject;
  /**
   * Ids, as in the definition, of stages that must have ended first: `needs` and every `stages.X`
   * of an expression.
   */
  needs: string[];
  /** An expression without braces; absent: the stage runs if all its needs succeeded. */
  if?: string;
  retry: RetryPlan;
  /** Maximum duration of one attempt, ms. */
  timeoutMs: number;
  /** A worker that sends no heartbeat for this long is considered lost, ms. */
  heartbeatMs: number;
  checkpoint: { everyMs: number; keep: number };
  resources: { gpu: number };
  /** true: a result with the same key is reused; a number: only if it is newer than this, ms. */
  cache: boolean | number;
  onFailure: "fail" | "park" | "continue";
  /**
   * For a stage of the project's own: the setting that contains what the definition writes in
   * `with`.
   */
  ownSettings?: string;
  /** The stage's line in the definition. */
  line: number;
  /** The stage is a run of another pipeline. */
  child?: ChildPlan;
  /** It runs once for each item. Without `member`, its list is not known yet. */
  foreach?: ForeachPlan;
  member?: Member;
}
