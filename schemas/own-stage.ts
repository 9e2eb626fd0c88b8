import type { Static, TObject } from "@sinclair/typebox";
import type * as TensorFlow from "@tensorflow/tfjs-core";
import type { ArtifactRef, WrittenKind } from "./artifact.js";
import type { Checkpoints, CommonStageContext } from "./stage-run.js";
import type { LearnsFrom, Metrics, Rule } from "./stage.js";

/**
 * What a stage of the project's own receives in addition to its settings. Its work runs in a
 * process of its own.
 */
export interface OwnStageContext extends CommonStageContext {
  /** Checkpoints of this stage's key. */
  checkpoints: Pick<Checkpoints, "save" | "latest">;
  /**
   * Writes an artifact atomically: `write` fills an empty directory.
   * @param kind files: any files and directories. dataset: rows as JSON lines in the file
   *   `data.jsonl` (`writeRows`). model: the files of a Hugging Face directory.
   */
  putArtifact<K extends WrittenKind>(
    kind: K,
    write: (directory: string) => Promise<void> | void,
  ): Promise<ArtifactRef<K>>;
}

/** Tensors, by name. */
export type NamedTensors = Record<string, TensorFlow.Tensor>;

/** What a stage that declares `computesWithTensors` receives in addition. */
export interface TensorStageContext extends OwnStageContext {
  tensors: {
    /**
     * The operations of TensorFlow.js, computed by what the built-in stages compute with, with the
     * same threads and switches: native TensorFlow, on the GPU if the stage asks for one
     * (`resources: { gpu: 1 }`).
     */
    tf: typeof TensorFlow;
    /**
     * Writes tensors of type float32 and int32 into a new file of the format safetensors, bit by
     * bit, in a checkpoint or an artifact.
     */
    save: (file: string, tensors: Readonly<NamedTensors>) => Promise<void>;
    /** Reads the tensors of such a file. Dispose of them when you are done. */
    load: (file: string) => Promise<NamedTensors>;
  };
}

/**
 * A stage of the project's own. Its fields are those of a built-in definition that describe its
 * settings, outputs and work.
 */
export interface OwnStageDefinition<
  W extends TObject = TObject,
  O extends TObject = TObject,
  T extends boolean = boolean,
> {
  /** One line for the editor. */
  summary: string;
  /** The settings; a field with a default may be left out in YAML. */
  with: W;
  /** Conditions over several settings, which no JSON Schema can express. */
  rules?: readonly Rule<Static<W>>[];
  /** Artifacts by output name, of the kinds files, dataset and model. */
  outputs: O;
  /** What the stage reports: `${{ stages.ID.metrics.NAME }}`. */
  metrics?: Metrics;
  /**
   * Settings that name files of the project, by path or `*` pattern: their content belongs to the
   * stage's key.
   */
  reads?: readonly (keyof Static<W> & string)[];
  /**
   * For each output that is trained, the settings whose artifacts it learns from; without it,
   * whether a model has seen the rows that `evaluate` measures it on is unknown.
   */
  learnsFrom?: LearnsFrom<W, O>;
  /**
   * The stage writes outside the store. Its results are never reused, because what it wrote may
   * have changed since.
   */
  writesOutsideStore?: boolean;
  /**
   * The stage computes with Pawl's tensors: `context.tensors`. TensorFlow's version, switches and
   * number of threads then belong to the stage's key.
   */
  computesWithTensors?: T;
  /** The work: from checked settings to artifacts and metrics. */
  run(
    settings: Static<W>,
    context: T extends true ? TensorStageContext : OwnStageContext,
  ): Promise<{ outputs: Static<O>; metrics: Record<string, number> }>;
}

/** What the compiler knows about a stage of the project's own: its definition without its code. */
export interface StageDescription {
  summary: string;
  /** JSON Schema of the settings. */
  with: Readonly<Record<string, unknown>>;
  outputs: Readonly<Record<string, WrittenKind>>;
  metrics: readonly string[];
  reads: readonly string[];
  learnsFrom: Readonly<Record<string, string[]>>;
  writesOutsideStore: boolean;
  computesWithTensors: boolean;
}

/**
 * Declares a stage of the project's own. It returns its argument; it exists for the types that it
 * infers from it.
 *
 * @example
 * ```ts
 * import { Artifact, defineStage, metric, readRows, Type, writeRows } from "pawl";
 *
 * export default defineStage({
 *   summary: "keeps the first rows of a dataset",
 *   with: Type.Object({ data: Artifact("dataset", "the rows"), most: Type.Integer({ minimum: 1, default: 100 }) }),
 *   outputs: Type.Object({ kept: Artifact("dataset", "the first rows") }),
 *   metrics: { rows: metric("rows", "rows kept") },
 *   async run({ data, most }, context) {
 *     const rows = [];
 *     for await (const row of readRows(await context.openArtifact(data))) if (rows.length < most) rows.push(row);
 *     const kept = await context.putArtifact("dataset", (directory) => writeRows(directory, rows));
 *     return { outputs: { kept }, metrics: { rows: rows.length } };
 *   },
 * });
 * ```
 */
export function defineOwnStage<const W extends TObject, const O extends TObject, const T extends boolean = false>(
  definition: OwnStageDefinition<W, O, T>,
): OwnStageDefinition<W, O, T> {
  return definition;
}
