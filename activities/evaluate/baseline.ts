import { readEvaluation, type Evaluation } from "../../formats/evaluation.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import type { StageContext } from "../stage.js";

/**
 * What a model has forgotten since an earlier evaluation: relative growth of bits per byte, and
 * change of accuracy, each if both measured it on the same data.
 * @throws PawlError DATA_INVALID if both measured it on different data, or they have no metric in
 *   common
 */
export async function changeSince(
  baseline: ArtifactRef<"evaluation">,
  now: Pick<Evaluation, "text" | "questions">,
  context: StageContext,
): Promise<NonNullable<Evaluation["baseline"]>> {
  const before = await readEvaluation(await context.openArtifact(baseline));
  const change: NonNullable<Evaluation["baseline"]> = {};
  if (now.text && before.text) {
    checkSame("with.text", before.text.data, now.text.data);
    change.forgetting = (now.text.bitsPerByte - before.text.bitsPerByte) / before.text.bitsPerByte;
  }
  if (now.questions && before.questions) {
    const measuredOn = ({ data, questions, verifiers }: typeof now.questions) => [data, questions, verifiers];
    checkSame("with.questions", measuredOn(before.questions), measuredOn(now.questions));
    change.accuracyChange = now.questions.accuracy - before.questions.accuracy;
  }
  if (Object.keys(change).length > 0) return change;
  throw different("with.baseline", "it measured neither the text nor the questions of this stage");
}

function checkSame(where: string, before: unknown, now: unknown): void {
  if (JSON.stringify(before) !== JSON.stringify(now))
    throw different(where, "the baseline was measured on other data or with other verifiers");
}

function different(where: string, message: string): PawlError {
  return new PawlError("DATA_INVALID", message, {
    where,
    expected: "the datasets, limit and verifiers of the stage that the baseline comes from",
    got: "others",
    next: "give this stage the text and questions of that stage, or remove baseline",
  });
}
