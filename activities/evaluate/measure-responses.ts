import type { Evaluation } from "../../formats/evaluation.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { decodeResponses } from "../models/responses.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";
import type { AskedQuestions } from "./ask.js";
import { compare, readComparisons } from "./comparison.js";
import { askQuestions, readQuestions } from "./questions.js";
import { respondTo } from "./responder.js";

export interface MeasuredResponses extends Pick<Evaluation, "questions" | "comparison" | "samples"> {
  /** The responses to the questions, else those to the comparisons. */
  askedQuestions?: AskedQuestions;
}

/**
 * All that the model responds to: questions, comparisons, prompts. An error in them is reported
 * before the first response.
 * @param promptIds token ids of `with.prompts`
 */
export async function measureResponses(
  model: OpenModel,
  against: OpenModel | undefined,
  promptIds: readonly (readonly number[])[],
  settings: StageWith<"evaluate">,
  context: StageContext,
): Promise<MeasuredResponses> {
  const questions = settings.questions.length > 0 ? await readQuestions(model, settings, context) : undefined;
  const comparisons = against && (await readComparisons(model, against, settings, context));
  const lists = [questions?.encoded.prompts ?? [], comparisons?.ours.prompts ?? [], promptIds];
  if (lists.every((list) => list.length === 0)) return { samples: [] };
  return respondTo(model, lists, settings, context, async (responder) => {
    const questioned = questions && (await askQuestions(responder, questions, settings, context));
    const compared = comparisons && (await compare(responder, against, comparisons, settings, context));
    const askedQuestions = (questioned ?? compared)?.askedQuestions;
    return {
      ...(questioned && { questions: questioned.metrics }),
      ...(compared && { comparison: compared.metrics }),
      ...(askedQuestions && { askedQuestions }),
      samples: await decodeResponses(model, settings.prompts, await responder.complete(promptIds)),
    };
  });
}
