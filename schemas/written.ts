import type { Static } from "@sinclair/typebox";
import type { ArtifactRef } from "./artifact.js";
import type { pipelineDefinition, stageDefinition } from "./pipeline.js";
import type { StageType, StageWith } from "./stages/index.js";

/** Text with `${{ … }}`, where the language takes an expression. */
export type Expression = `${string}\${{${string}}}${string}`;

/**
 * A value as people write it: any part may be an expression, an artifact is one, and text may stand
 * for a mapping (its shorthand). Any key may be left out: whether it has a default is known to the
 * compiler only.
 */
type Written<T> = T extends ArtifactRef
  ? Expression
  : T extends readonly (infer Item)[]
    ? readonly Written<Item>[] | Expression
    : T extends object
      ? Fields<T> | string
      : T | Expression;

type Fields<T> = { readonly [K in keyof T]?: Written<T[K]> };

/** The type of stage that stands for one's own has no name in a definition. */
type NamedType = Exclude<StageType, "module">;

/** The keys that every stage may have. */
type CommonKeys = Fields<Omit<Static<typeof stageDefinition>, "uses" | "with">>;

/** A stage with a built-in type. */
type BuiltInStage = {
  [T in NamedType]: CommonKeys & { readonly uses: T; readonly with?: Fields<StageWith<T>> };
}[NamedType];

/**
 * A stage of one's own, by its file: `./stages/NAME.ts`. Its settings are known to its file only.
 */
type OwnStage = CommonKeys & {
  readonly uses: `${string}/${string}`;
  readonly with?: Readonly<Record<string, unknown>>;
};

/** One entry of `stages`: `uses` decides which settings `with` may hold. */
export type WrittenStage = BuiltInStage | OwnStage;

type Top = Static<typeof pipelineDefinition>;

/**
 * A pipeline with the keys of its YAML, in the types of the schemas that check it
 * (docs/reference/language.md): a misspelled key, setting or stage type does not compile. What a
 * type cannot say (required settings, references between stages) is left to the compiler.
 */
export type WrittenPipeline = Fields<Omit<Top, "name" | "stages" | "inputs" | "outputs">> & {
  /** The pipeline's name. */
  readonly name: string;
  /** The inputs of a run: JSON Schemas by name. */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The stages by id. */
  readonly stages: Readonly<Record<string, WrittenStage>>;
  /** What a run returns. */
  readonly outputs?: Readonly<Record<string, unknown>>;
};

/**
 * A pipeline in TypeScript instead of YAML, for `compile`. It returns its argument; it exists for
 * the types.
 *
 * @example
 * ```ts
 * const poems = definePipeline({
 *   name: "poems",
 *   inputs: { steps: { type: "integer", default: 300 } },
 *   stages: {
 *     text: { uses: "dataset", with: { source: { file: "texts/*.txt" } } },
 *     tokens: { uses: "tokenize", with: { train: ["${{ stages.text.outputs.train }}"], vocabularySize: 512 } },
 *     base: { uses: "pretrain", with: { tokens: "${{ stages.tokens.outputs.tokens }}", steps: "${{ inputs.steps }}" } },
 *   },
 * });
 * ```
 */
export function definePipeline(definition: WrittenPipeline): WrittenPipeline {
  return definition;
}
