import { writeEvaluation, type Evaluation, type Share } from "../formats/evaluation.js";
import { evaluate as schema } from "../schemas/stages/evaluate.js";
import { changeSince } from "./evaluate/baseline.js";
import { measureContamination } from "./evaluate/contamination.js";
import { divergence } from "./evaluate/divergence.js";
import { measureLongText } from "./evaluate/long-text.js";
import { longTextMetrics } from "./evaluate/long-text-metrics.js";
import { openOther } from "./evaluate/other-model.js";
import { measureResponses } from "./evaluate/measure-responses.js";
import { measureText } from "./evaluate/text.js";
import { checkPrompts, promptTokens } from "./models/responses.js";
import { openModel } from "./models/model.js";
import type { Stage } from "./stage.js";

/**
 * Measures a model: one file in `evaluate/` for each measure, one part of evaluation.json, and its
 * metrics.
 */
export const evaluate: Stage<"evaluate"> = async (settings, context) => {
  const model = await openModel(settings.model, context);
  const against = settings.against && (await openOther(settings.against, model, "with.against", context));
  const reference = settings.reference && (await openOther(settings.reference, model, "with.reference", context));
  const promptIds = await promptTokens(model, settings.prompts, settings.chat);
  checkPrompts(model, promptIds);
  const parts: Omit<Evaluation, "samples"> = {};
  if (settings.text.length > 0) parts.text = await measureText(model, settings, context);
  if (settings.byPosition || settings.needle) Object.assign(parts, await measureLongText(model, settings, context));
  const { samples, askedQuestions, ...responses } = await measureResponses(
    model,
    against,
    promptIds,
    settings,
    context,
  );
  Object.assign(parts, responses);
  if (reference) parts.divergence = await divergence(model, reference, askedQuestions!, settings, context);
  if (settings.baseline) parts.baseline = await changeSince(settings.baseline, parts, context);
  // Last: it may read a lot, and wrong settings are reported before that.
  const contamination = await measureContamination(settings, context);
  if (contamination) parts.contamination = contamination;
  const evaluation = await context.putArtifact("evaluation", (directory) =>
    writeEvaluation(directory, { ...parts, samples }),
  );
  return { outputs: { evaluation }, metrics: collectMetrics(parts) };
};

/** The numbers that the schema names as metrics, in its order. */
function collectMetrics({
  text,
  questions,
  comparison,
  ...parts
}: Omit<Evaluation, "samples">): Record<string, number> {
  const found: Record<string, unknown> = {
    ...parts.contamination,
    ...text,
    ...longTextMetrics(parts),
    ...questions,
    ...questions?.failures,
    ...bounded("reasoningShare", questions?.reasoning?.share),
    ...bounded("accuracyWithReasoning", questions?.reasoning?.accuracyWith),
    ...bounded("accuracyWithoutReasoning", questions?.reasoning?.accuracyWithout),
    // The keys are whole numbers, which JavaScript keeps in ascending order: the last is the
    // largest.
    ...bounded("passAt", Object.values(questions?.passAt ?? {}).at(-1)),
    ...comparison,
    ...comparison?.failures,
    ...parts.divergence,
    ...parts.baseline,
  };
  const names = Object.keys(schema.metrics);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = found[name];
      return typeof value === "number" ? [[name, value]] : [];
    }),
  );
}

/** A share's metrics: itself and the ends of its interval. */
function bounded(name: string, share: Share | undefined): Record<string, number> {
  return share === undefined ? {} : { [name]: share.share, [`${name}Low`]: share.low, [`${name}High`]: share.high };
}
