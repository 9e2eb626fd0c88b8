import { readRows, type DatasetRow } from "../../formats/dataset.js";
import type { ComparisonMetrics } from "../../formats/evaluation.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { OpenModel } from "../models/model.js";
import { openJudge } from "../scoring/judge.js";
import type { ScoredRow, Scorer } from "../scoring/scorer.js";
import type { StageContext } from "../stage.js";
import { ask, collect, questionOf, readable, type Asked, type Question } from "./ask.js";
import { checkEntities, intervals, type IntervalOf } from "./interval.js";
import { winRate } from "./win-rate.js";

type Settings = StageWith<"evaluate">;

/**
 * How often a judge prefers the model's answer to that of another model, ties counting half. Both answer each prompt
 * once, with the same settings (without `chat` each in the form that it has learned) and with random numbers of their own:
 * with the same numbers, a model whose answers are a little better by the luck of each draw would win always. Every judge
 * scores a response without seeing the other one, so that there is no order of presentation that could matter.
 */
export async function compare(
  model: OpenModel,
  against: OpenModel,
  settings: Settings,
  context: StageContext,
): Promise<{ metrics: ComparisonMetrics; asked: Asked }> {
  const judge = await openJudge(settings.judge!, context);
  try {
    const [ours, theirs] = await askBoth(model, against, settings, context);
    const interval = intervals(settings.byEntity, context.seed);
    return { metrics: await judged(ours, theirs, { judge, interval }), asked: ours };
  } finally {
    await judge.close();
  }
}

async function askBoth(
  model: OpenModel,
  against: OpenModel,
  settings: Settings,
  context: StageContext,
): Promise<[Asked, Asked]> {
  const [refs, where] =
    settings.comparisons.length > 0
      ? ([settings.comparisons, "with.comparisons"] as const)
      : ([settings.questions, "with.questions"] as const);
  const rows = await collect(refs, readRows, where, context);
  const questions = rows.slice(0, settings.limit).map((row) => promptOf(row, where));
  if (settings.byEntity) checkEntities(questions, where);
  const longest = Math.min(model.architecture.contextLength, against.architecture.contextLength);
  const asking = { ...settings, samples: 1, longest, where };
  // In the chat template a prompt is longer: both must be able to read it, each in its own form.
  const both = await readable(against, questions, asking);
  const ours = await ask(model, both.questions, asking, context);
  const theirs = await ask(against, ours.questions, { ...asking, firstSample: 1 }, context);
  return [{ ...ours, tooLong: questions.length - ours.questions.length }, theirs];
}

async function judged(
  ours: Asked,
  theirs: Asked,
  { judge, interval }: { judge: Scorer; interval: IntervalOf },
): Promise<ComparisonMetrics> {
  const rowsOf = ({ questions, answers }: Asked): ScoredRow[] =>
    questions.map((question, i) => ({ ...question, response: answers[i]!.text }));
  const scores = await judge.score([...rowsOf(ours), ...rowsOf(theirs)]);
  const answers = ours.answers.map(({ prompt, text }, i) => ({
    prompt,
    ours: text,
    theirs: theirs.answers[i]!.text,
    ourScore: scores[i]!,
    theirScore: scores[ours.answers.length + i]!,
  }));
  return {
    ...winRate(answers, (outcomes) => interval(outcomes, ours.questions)),
    comparisons: answers.length,
    comparisonsTooLong: ours.tooLong,
    judge: judge.describe,
    failures: judge.counts(),
    answers,
  };
}

function promptOf(row: DatasetRow, where: string): Question {
  if ("prompt" in row) return { prompt: row.prompt, ...(row.entity !== undefined && { entity: row.entity }) };
  if ("instruction" in row) return questionOf(row);
  throw new PawlError("DATA_INVALID", "this data set holds plain text where prompts are needed", {
    where,
    expected: "instructions or preferences",
    got: "rows with the field text",
    next: "name the columns in the dataset stage: `columns: { instruction: …, response: … }`",
  });
}
