import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { dataset } from "../../activities/dataset.js";
import { WholeStages } from "../../compiler/definition/whole-stages.js";
import type { DatasetRow } from "../../formats/dataset.js";
import type { JsonObject } from "../../platform/json.js";
import type { StageType } from "../../schemas/stages/index.js";
import { readDatasetRows, fillSettings } from "./datasets.js";
import type { TestContext } from "./stage-context.js";

export const root = path.join(__dirname, "../..");

interface Definition {
  inputs?: Record<string, { default?: unknown }>;
  stages: Record<string, { uses: StageType; with: Record<string, unknown> }>;
}

/**
 * A shipped pipeline, with outputs in place of whole stages, and values in place of its inputs:
 * those given, else the defaults.
 */
export function shippedPipeline(name: string, inputs: Record<string, unknown> = {}): Definition {
  const text = readFileSync(path.join(root, "pipelines", `${name}.yaml`), "utf8");
  const given = (parse(text) as Definition).inputs ?? {};
  // Quotes that the YAML needs around an expression do not make text of its value.
  const resolved = text.replace(
    /"\$\{\{ inputs\.(\w+) \}\}"|\$\{\{ inputs\.(\w+) \}\}/g,
    (_, quoted?: string, plain?: string) => {
      const input = quoted ?? plain!;
      return String(inputs[input] ?? given[input]!.default);
    },
  );
  const definition = parse(resolved) as Definition;
  const stages = new Map(Object.entries(definition.stages as unknown as Record<string, JsonObject>));
  return { ...definition, stages: new WholeStages(stages, new Map()).named() as unknown as Definition["stages"] };
}

/** Fields whose data sets a model learns from, or a tokenizer. */
const learnedFrom = ["train", "vocabularyFrom", "data", "prompts"];
/** Fields whose data sets a model is measured on. */
const measuredOn = ["heldOut", "text", "questions", "comparisons"];

/**
 * Outputs of dataset stages that stand in some fields of some stages, as `stage.output`, each once.
 */
function outputsIn({ stages }: Definition, fields: readonly string[], uses: (type: StageType) => boolean): string[] {
  const found = Object.values(stages)
    .filter((stage) => uses(stage.uses))
    .flatMap((stage) =>
      fields.flatMap((field) => JSON.stringify(stage.with[field] ?? "").match(/stages\.[\w-]+\.outputs\.\w+/g) ?? []),
    )
    .map((reference) => reference.replace(/^stages\.([\w-]+)\.outputs\./, "$1."));
  return [...new Set(found)].filter((output) => stages[output.split(".")[0]!]!.uses === "dataset").sort();
}

/** The rows of a pipeline's data sets, by what becomes of them. */
export interface PipelineRows {
  /** Output -> its rows: `novel.train`. */
  learned: Map<string, DatasetRow[]>;
  measured: Map<string, DatasetRow[]>;
}

/**
 * Computes a pipeline's data sets, each once, those that something learns from or is measured on.
 */
export async function pipelineRows(definition: Definition, context: TestContext): Promise<PipelineRows> {
  const results = new Map<string, Awaited<ReturnType<typeof dataset>>>();
  const rows = async (outputs: readonly string[]) => {
    const all = new Map<string, DatasetRow[]>();
    for (const output of outputs) {
      const [stage, side] = output.split(".") as [string, "train" | "heldOut"];
      // `file` sources lie below Pawl's own directory; the store stays in the temporary one.
      const result =
        results.get(stage) ??
        (await dataset(fillSettings("dataset", definition.stages[stage]!.with), {
          ...context,
          workingDirectory: root,
        }));
      results.set(stage, result);
      all.set(output, await readDatasetRows(context, result.outputs[side]));
    }
    return all;
  };
  // `prompts` of a measuring stage are only shown.
  const learned = await rows(outputsIn(definition, learnedFrom, (uses) => uses !== "evaluate" && uses !== "generate"));
  return { learned, measured: await rows(outputsIn(definition, measuredOn, () => true)) };
}
