import type { Static, TObject } from "@sinclair/typebox";
import type { ErrorCode } from "../platform/errors.js";
import type { JsonObject } from "../platform/json.js";
import type { ArtifactRef } from "./artifact.js";
import type { StageRun } from "./stage-run.js";

/**
 * Everything about a stage type except its work: the TypeScript type, the ajv schema, the editor's
 * schema, the reference and every trait that other modules use come from this one object. A trait
 * that says nothing (no rules, no metrics, false) is left out.
 *
 * @example
 * ```ts
 * const settings = Type.Object({
 *   data: Artifact("dataset", "rows to count"),
 *   minimum: Type.Integer({ default: 1, description: "…" }),
 * });
 * export const countRows = defineStage({
 *   summary: "counts the rows of a data set",
 *   example: `
 * count:
 *   uses: count-rows
 *   with: { data: "\${{ stages.text.outputs.train }}" }
 * `,
 *   version: 1,
 *   with: settings,
 *   outputs: Type.Object({ evaluation: Artifact("evaluation", "evaluation.json: the count") }),
 *   metrics: { rows: metric("rows", "rows counted") },
 * });
 * ```
 */
export interface StageDefinition<
  W extends TObject = TObject,
  O extends TObject = TObject,
  M extends Metrics = Metrics,
  C extends ChoiceTrait = Trait<W, boolean>,
> {
  /** One line for help and for the editor. */
  summary: string;
  /**
   * YAML as written under `stages:`, for the reference and `pawl explain`. The examples of all
   * stages together are one pipeline, which a test runs: an example may refer to stages of other
   * examples.
   */
  example: string;
  /**
   * Raised by hand whenever the stage's results change for the same `with`; part of the stage's
   * key.
   */
  version: number;
  /** The settings; a field with a default may be left out in YAML. */
  with: W;
  /** Conditions over several settings, which no JSON Schema can express. */
  rules: readonly Rule<Static<W>>[];
  /** Artifacts by output name. */
  outputs: O;
  /** What the stage reports, in the order of interest: `${{ stages.ID.metrics.NAME }}`. */
  metrics: M;
  /**
   * Settings in which each use declares further outputs (a mapping of names to `{ kind }`, or to an
   * output, whose kind it is), metrics (a list of names) and answers (a mapping of names to JSON
   * Schemas).
   */
  declaredIn?: Partial<Record<"outputs" | "metrics" | "answers", keyof Static<W> & string>>;
  /**
   * The setting that holds what a definition has in `with`: the stage stands for one of the
   * project's own.
   */
  ownSettings?: keyof Static<W> & string;
  /** The setting that holds environment variables: the pipeline's `env` belongs to it, too. */
  variablesIn?: keyof Static<W> & string;
  /**
   * Where settings, as written, hold a script that an interpreter runs: no data may be written into
   * it.
   */
  scriptsIn?: (written: JsonObject) => readonly (string | number)[][];
  /** The outputs are artifacts that the stage was given: it made none of them. */
  passesThrough?: true;
  /** The stage is a run of another pipeline: its outputs are those that the pipeline declares. */
  runsPipeline?: true;
  /**
   * The stage computes with tensors: its results depend on the compute flags and threads, which
   * belong to its key.
   */
  computesWithTensors: Trait<W, boolean>;
  /**
   * Libraries of Pawl whose versions can change results: the versions belong to the key.
   * TensorFlow's version is part of the compute fingerprint. A package of the project that a stage
   * uses goes into `reads`: `{ where: "…", package: NAME }`.
   */
  libraries: Trait<W, readonly Library[]>;
  /**
   * The stage writes outside the store: a result says nothing about what is there now, so every run
   * runs it again.
   */
  writesOutsideStore: boolean;
  /**
   * The work is bounded by the size of the definition and takes milliseconds: it runs where
   * workflow code runs, without waiting for a free worker process.
   */
  isBrief: Trait<W, boolean>;
  /**
   * The stage may end an attempt with a request to people, for choices or an approval, and waits
   * for them.
   */
  asksPeople: C;
  /**
   * Files, packages and lineages that results depend on in addition to `with`: their contents
   * belong to the key.
   */
  reads: Trait<W, readonly ExternalInput[]>;
  /**
   * Settings (paths inside `with`) that are not pinned: what they name can change unnoticed. Each
   * use is reported.
   */
  unpinned: Trait<W, readonly string[]>;
  /** Settings (paths inside `with`) that hold or name user code that the stage runs. */
  runsCode: Trait<W, readonly string[]>;
  /**
   * What the rows of each `dataset` output are, as far as settings determine it; other stages
   * declare what rows they take.
   */
  outputRows: Trait<W, Readonly<Record<string, Rows>>>;
  /**
   * For each output that is a model, or tokens for one: the settings whose rows it is trained on,
   * directly or through their lineage. Settings that are used only for measuring are not among
   * them. A stage whose outputs are declared by each use returns the artifacts instead, of those
   * outputs of which the use says it.
   */
  learnsFrom: LearnsFrom<W, O> | ((settings: Static<W>) => Readonly<Record<string, readonly ArtifactRef[]>>);
  /** The setting with the share of rows that the stage holds out. */
  holdsOut?: keyof Static<W> & string;
  /**
   * The setting with the data to train on: the held-out rows of stages that it names as a whole go
   * into the setting `heldOut`.
   */
  heldOutOf?: keyof Static<W> & string;
  /**
   * The minimum number of rows that the datasets in a setting must have together, if there is one.
   */
  minRows?: (settings: Static<W>) => RowsNeeded;
  /** The work. Built-in stages attach theirs in `activities/index.ts`. */
  run?: StageRun<W, O, C>;
}

/** By output, names of settings. */
export type LearnsFrom<W extends TObject, O extends TObject> = Readonly<
  Partial<Record<keyof Static<O> & string, readonly (keyof Static<W> & string)[]>>
>;

/** A library of Pawl whose version can change a stage's results. */
export type Library =
  | "duckdb"
  | "tokenizers"
  | "quickjs"
  | "re2js"
  | "hono"
  | "brotli"
  | "unicode"
  /** Node.js itself: of every stage that runs code of the project in it. */
  | "node"
  /** What the package `pawl` gives to stages of the project's own. */
  | "pawl";

/** `asksPeople` of any stage. */
type ChoiceTrait = boolean | ((settings: never) => boolean);

/** A trait of every use of a stage, or one that depends on its settings. */
export type Trait<W extends TObject, T> = T | ((settings: Static<W>) => T);

/** Something outside of `with` whose content belongs to a stage's key. */
export type ExternalInput =
  | {
      /** The setting that names it, as errors do: `with.source.file`. */
      where: string;
      /** A path or a `*` pattern below the project directory. */
      files: string;
    }
  | {
      where: string;
      /**
       * A file of JavaScript that the stage runs, in one of the project's code directories or in a
       * package. Its imports belong to the key as well.
       */
      module: string;
    }
  | {
      where: string;
      /** An npm package, whose version belongs to the key; if it is linked, its files do. */
      package: string;
    }
  | {
      where: string;
      /**
       * A model whose training data the stage compares with: its lineage in the store belongs to
       * the key.
       */
      lineageModel: ArtifactRef<"model">;
    };

/** What a row of a dataset holds; `unknown` if it is known only from the data. */
export type RowKind = "text" | "instruction" | "preference" | "unknown";

/** The rows of a dataset: their kind and, if settings bound it, their maximum number. */
export type Rows = RowKind | { kind: RowKind; most: number; /** The setting that bounds it. */ because: string };

/**
 * A setting that lists datasets, the minimum number of rows of these together, and the setting that
 * requires it.
 */
export interface RowsNeeded {
  data: string;
  least: number;
  because: string;
}

/** What a metric is. */
export interface Metric {
  unit: MetricUnit;
  /** One line, without the unit. */
  description: string;
}
export type Metrics = Readonly<Record<string, Metric>>;

/** Units of metrics; `share` lies between 0 and 1, `1` is a plain number. */
export type MetricUnit =
  | "1"
  | "share"
  | "bits/byte"
  | "nats"
  | "nats/token"
  | "nats/response"
  | "nats/preference"
  | "bytes"
  | "bytes/token"
  | "tokens"
  | "tokens/response"
  | "rows"
  | "responses"
  | "prompts"
  | "needles"
  | "preferences"
  | "people"
  | "documents"
  | "steps"
  | "iterations"
  | "epochs"
  | "parameters"
  | "nodes"
  | "edges"
  | "node pairs"
  | "groups"
  | "columns";

/** A metric's unit and description. */
export function metric(unit: MetricUnit, description: string): Metric {
  return { unit, description };
}

/** The traits that a definition may leave out, with what they then are. */
const defaults = {
  rules: [],
  metrics: {},
  computesWithTensors: false,
  libraries: [],
  writesOutsideStore: false,
  isBrief: false,
  asksPeople: false,
  reads: [],
  unpinned: [],
  runsCode: [],
  outputRows: {},
  learnsFrom: {},
} as const satisfies Partial<StageDefinition>;
type HasDefault = keyof typeof defaults;

/**
 * Declares a stage type, and fills in the traits that it leaves out. A setting that `with` does not
 * name is a mistake.
 */
export function defineStage<
  const W extends TObject,
  const O extends TObject,
  const M extends Metrics = Readonly<Record<never, Metric>>,
  const C extends Trait<W, boolean> = false,
>(
  definition: Omit<StageDefinition<W, O, M, C>, HasDefault> & Partial<Pick<StageDefinition<W, O, M, C>, HasDefault>>,
): StageDefinition<W, O, M, C> {
  const settings = { ...definition.with, additionalProperties: definition.with.additionalProperties ?? false };
  return { ...defaults, ...definition, with: settings } as StageDefinition<W, O, M, C>;
}

/** A trait's value for a stage's settings. */
export function evaluateTrait<W extends TObject, T>(trait: Trait<W, T>, settings: Static<W>): T {
  return typeof trait === "function" ? (trait as (settings: Static<W>) => T)(settings) : trait;
}

/** A violated rule: a message that follows `with.` + the field, and what to do. */
export interface RuleProblem {
  code: Extract<ErrorCode, "MISSING_KEY" | "NOT_ALLOWED" | "OUT_OF_RANGE" | "CONTEXT_EXCEEDED">;
  /** Path inside `with`: names, and indices of lists. */
  at: readonly (string | number)[];
  /** Follows the path, with what was given: "must be at most maximum (5), got 10". */
  message: string;
  next: string;
}

/**
 * A condition over several fields of a `with`, which no JSON Schema can express. Pure. It is
 * checked when no expression stands in any of its fields, or once all have their values: with
 * defaults filled in, and `undefined` for an optional field that is not given.
 */
export interface Rule<W> {
  /** Paths inside `with`, dots between names; `*` stands for every index of a list. */
  fields: readonly string[];
  check: (settings: W) => RuleProblem | undefined;
}
