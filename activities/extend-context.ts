import { parameterCount, type Architecture } from "../lm/model/architecture.js";
import { resolveAttention } from "../lm/model/attention/settings.js";
import { extendedArchitecture } from "../lm/model/extension.js";
import { lazyInitialize } from "../lm/model/initialize.js";
import { writeEvaluation, type ExtensionMetrics } from "../formats/evaluation.js";
import type { StageWith } from "../schemas/stages/index.js";
import type { HostTensors } from "../tensor/program.js";
import { longTextMetrics } from "./evaluate/long-text-metrics.js";
import { openLongText } from "./extend-context/data.js";
import { measureContext } from "./extend-context/measure.js";
import { SubSteps } from "./extend-context/sub-steps.js";
import { fullShare, trainContext } from "./extend-context/train.js";
import { openModel, putModel } from "./models/model.js";
import type { Stage } from "./stage.js";

/**
 * Makes a model read longer sequences: context by context, its RoPE is stretched, it continues to
 * learn from long documents, and is measured. Each context's optimizer begins with empty moments
 * and its own schedule.
 */
export const extendContext: Stage<"extend-context"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const architectures = stepArchitectures(model.architecture, settings);
  const text = await openLongText(settings, model, context);
  const last = architectures.at(-1)!;
  const complete = (weights: HostTensors): HostTensors => ({ ...lazyInitialize(last, context.seed), ...weights });
  const subSteps = await SubSteps.restore(settings.steps, complete(model.weights), context);
  for (;;) {
    if (subSteps.toMeasure) {
      const { index, report, weights } = subSteps.toMeasure;
      const measured = { ...model, architecture: architectures[index]!, weights };
      subSteps.measured(await measureContext(measured, text, report, settings, subSteps.subContext(index)));
    }
    const next = subSteps.next;
    if (next === undefined) break;
    const architecture = architectures[next]!;
    await subSteps.trained(
      await trainContext(architecture, subSteps.weights, text, settings, next, subSteps.subContext(next)),
    );
  }
  const { weights, reports } = subSteps;
  const extended = await putModel(context, { ...model, architecture: last, weights }, model.directory);
  const evaluation = await context.putArtifact("evaluation", (directory) =>
    writeEvaluation(directory, { contexts: reports, samples: [] }),
  );
  return {
    outputs: { model: extended, evaluation },
    metrics: collectMetrics(reports, {
      newParameters: parameterCount(last) - parameterCount(model.architecture),
      fullSequences: fullShare(text.data, last.contextLength),
    }),
  };
};

/** The architecture at each context. */
function stepArchitectures(start: Architecture, settings: StageWith<"extend-context">): Architecture[] {
  const attention = settings.attention && resolveAttention(settings, "with");
  const change = { ropeScaling: settings.ropeScaling, ...(attention && { attention }) };
  let architecture = start;
  return settings.steps.map(
    ({ contextLength }) => (architecture = extendedArchitecture(architecture, { contextLength, ...change })),
  );
}

function collectMetrics(reports: readonly ExtensionMetrics[], more: Record<string, number>): Record<string, number> {
  const last = reports.at(-1)!;
  const sum = (name: "steps" | "tokens"): number => reports.reduce((total, report) => total + report[name], 0);
  return {
    contextLength: last.contextLength,
    ...(last.loss !== undefined && { loss: last.loss }),
    ...longTextMetrics(last),
    steps: sum("steps"),
    tokens: sum("tokens"),
    ...more,
  };
}
