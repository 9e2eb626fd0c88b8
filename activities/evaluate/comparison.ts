import { readRows, type DatasetRow } from "../../formats/dataset.js";
import type { ComparisonMetrics } from "../../formats/evaluation.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { OpenModel } from "../models/model.js";
import { openJudge } from "../scoring/judge.js";
import type { ScoredRow, Scorer } from "../scoring/scorer.js";
import type { StageContext } from "../stage.js";
import { ask, collect, encodeQuestions, toQuestion, type AskedQuestions, type Encoded, type Question } from "./ask.js";
import { checkEntities, intervals, type IntervalEstimator } from "./interval.js";
import { respondTo, type Responder } from "./responder.js";
import { winRate } from "./win-rate.js";

type Settings = StageWith<"evaluate">;

/** The prompts that both models respond to, as each reads them. */
interface Comparisons {
  ours: Encoded;
  theirs: Encoded;
}

/**
 * The prompts that both models can read, of `with.comparisons`, else the questions; without `chat`
 * each model reads them in the form that it has learned.
 * @throws PawlError DATA_EMPTY, DATA_INVALID, CONTEXT_EXCEEDED
 */
export async function readComparisons(
  model: OpenModel,
  against: OpenModel,
  settings: Settings,
  context: StageContext,
): Promise<Comparisons> {
  const [refs, where] =
    settings.comparisons.length > 0
      ? ([settings.comparisons, "with.comparisons"] as const)
      : ([settings.questions, "with.questions"] as const);
  const rows = await collect(refs, readRows, where, context);
  const questions = rows.slice(0, settings.limit).map((row) => rowQuestion(row, where));
  if (settings.byEntity) checkEntities(questions, where);
  const longest = Math.min(model.architecture.contextLength, against.architecture.contextLength);
  const reading = { ...settings, samples: 1, longest, where };
  // In the chat template a prompt is longer: both must be able to read it, each in its own form.
  const { questions: both } = await encodeQuestions(against, questions, reading);
  const ours = await encodeQuestions(model, both, reading);
  const theirs = await encodeQuestions(against, ours.questions, reading);
  return { ours: { ...ours, tooLong: questions.length - ours.questions.length }, theirs };
}

/**
 * How often a judge prefers the model's response to that of another model, ties counting half. Both
 * respond to each prompt once, with the same settings and with random numbers of their own: with
 * the same numbers, a model whose responses are a little better by the luck of each draw would
 * always win. Every judge scores a response without seeing the other one, so the order of
 * presentation cannot matter.
 */
export async function compare(
  responder: Responder,
  against: OpenModel,
  prompts: Comparisons,
  settings: Settings,
  context: StageContext,
): Promise<{ metrics: ComparisonMetrics; askedQuestions: AskedQuestions }> {
  const judge = await openJudge(settings.judge!, context);
  try {
    const ours = await ask(responder, prompts.ours);
    const theirs = await respondTo(against, [prompts.theirs.prompts], settings, context, (other) =>
      ask(other, prompts.theirs, 1),
    );
    const interval = intervals(settings.byEntity, context.seed);
    return { metrics: await judged(ours, theirs, { judge, interval }), askedQuestions: ours };
  } finally {
    await judge.close();
  }
}

async function judged(
  ours: AskedQuestions,
  theirs: AskedQuestions,
  { judge, interval }: { judge: Scorer; interval: IntervalEstimator },
): Promise<ComparisonMetrics> {
  const toScoredRows = ({ questions, responses }: AskedQuestions): ScoredRow[] =>
    questions.map((question, i) => ({ ...question, response: responses[i]!.text }));
  const scores = await judge.score([...toScoredRows(ours), ...toScoredRows(theirs)]);
  const responses = ours.responses.map(({ prompt, text }, i) => ({
    prompt,
    ours: text,
    theirs: theirs.responses[i]!.text,
    ourScore: scores[i]!,
    theirScore: scores[ours.responses.length + i]!,
  }));
  return {
    ...winRate(responses, (outcomes) => interval(outcomes, ours.questions)),
    comparisons: responses.length,
    comparisonsTooLong: ours.tooLong,
    judge: judge.describe,
    failures: judge.counts(),
    responses,
  };
}

function rowQuestion(row: DatasetRow, where: string): Question {
  if ("prompt" in row) return { prompt: row.prompt, ...(row.entity !== undefined && { entity: row.entity }) };
  if ("instruction" in row) return toQuestion(row);
  throw new PawlError("DATA_INVALID", "the data set holds plain text, but prompts are needed", {
    where,
    expected: "instructions or preferences",
    got: "rows with the field text",
    next: "name the columns in the dataset stage: `columns: { instruction: …, response: … }`",
  });
}
