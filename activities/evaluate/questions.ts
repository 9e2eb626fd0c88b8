import { readInstructions } from "../../formats/dataset.js";
import type { JudgedResponse, QuestionMetrics, Share } from "../../formats/evaluation.js";
import { exactMatch, passAtK } from "../../lm/train/metrics.js";
import { compilePattern } from "../../platform/text/pattern.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { OpenModel } from "../models/model.js";
import { openVerifiers } from "../scoring/verifiers.js";
import type { Scorer } from "../scoring/scorer.js";
import type { StageContext } from "../stage.js";
import { ask, collect, encodeQuestions, toQuestion, type AskedQuestions, type Encoded, type Question } from "./ask.js";
import { checkEntities, intervals, estimateShare, type IntervalEstimator } from "./interval.js";
import type { Responder } from "./responder.js";

type Settings = StageWith<"evaluate">;

/** The rows of `with.questions`. */
export interface QuestionSet {
  rows: Question[];
  /** Questions that fit into the context. */
  encoded: Encoded;
}

/** @throws PawlError DATA_EMPTY, DATA_INVALID, CONTEXT_EXCEEDED */
export async function readQuestions(model: OpenModel, settings: Settings, context: StageContext): Promise<QuestionSet> {
  const where = "with.questions";
  const read = await collect(settings.questions, readInstructions, where, context);
  const rows = read.slice(0, settings.limit).map(toQuestion);
  if (settings.byEntity) checkEntities(rows, where);
  const longest = model.architecture.contextLength;
  return { rows, encoded: await encodeQuestions(model, rows, { ...settings, longest, where }) };
}

/**
 * Accuracy, overall and by task, and pass@k. A response is right if the verifiers give it a score
 * above 0; without verifiers if it equals the reference, ignoring case and white space. A question
 * too long for the model counts as a wrong response, with a score of 0.
 */
export async function askQuestions(
  responder: Responder,
  { rows, encoded }: QuestionSet,
  settings: Settings,
  context: StageContext,
): Promise<{ metrics: QuestionMetrics; askedQuestions: AskedQuestions }> {
  const scorer = settings.verifiers.length > 0 ? await openVerifiers(settings.verifiers, context) : undefined;
  try {
    const askedQuestions = await ask(responder, encoded);
    const interval = intervals(settings.byEntity, context.seed);
    const measuring = { ...settings, seed: context.seed, interval };
    return {
      metrics: computeMetrics(rows, askedQuestions, await judge(askedQuestions, scorer), measuring),
      askedQuestions,
    };
  } finally {
    await scorer?.close();
  }
}

interface Judged extends Pick<QuestionMetrics, "responses" | "verifiers" | "failures"> {
  /** Of all responses; absent without verifiers. */
  totalScore?: number;
}

async function judge(askedQuestions: AskedQuestions, scorer: Scorer | undefined): Promise<Judged> {
  const given = askedQuestions.responses.map((response, i): Omit<JudgedResponse, "right"> => {
    const { reference, task } = responseQuestion(askedQuestions, i);
    return { ...response, reference: reference!, ...(task === undefined ? {} : { task }) };
  });
  if (scorer === undefined) {
    const responses = given.map((one) => ({ ...one, right: exactMatch(one.text, one.reference) }));
    return { responses, verifiers: "exact", failures: {} };
  }
  const scores = await scorer.score(
    given.map(({ text }, i) => ({ ...responseQuestion(askedQuestions, i), response: text })),
  );
  const responses = given.map((one, i) => ({ ...one, right: scores[i]! > 0, score: scores[i]! }));
  return { responses, verifiers: scorer.describe, failures: scorer.counts(), totalScore: sum(scores) };
}

type Measuring = Settings & { seed: number; interval: IntervalEstimator };

function computeMetrics(
  rows: readonly Question[],
  askedQuestions: AskedQuestions,
  judged: Judged,
  settings: Measuring,
): QuestionMetrics {
  const { responses, totalScore, ...how } = judged;
  const rightShares = countRight(askedQuestions, responses);
  const asks = rows.length * askedQuestions.samples;
  const tasks = byTask(rows, askedQuestions, rightShares);
  const { low, high, entities } = settings.interval(rowOutcomes(rows, askedQuestions, rightShares), rows);
  return {
    accuracy: sum(rightShares) / asks,
    accuracyLow: low,
    accuracyHigh: high,
    ...(entities !== undefined && { entities }),
    exactMatch: responses.filter(({ text, reference }) => exactMatch(text, reference)).length / asks,
    ...how,
    ...(totalScore === undefined ? {} : { meanScore: totalScore / asks }),
    ...(settings.reasoningPattern === undefined
      ? {}
      : { reasoning: measureReasoning(responses, askedQuestions, settings.reasoningPattern, settings) }),
    ...(settings.passAt.length > 0 ? { passAt: passAt(settings, rows, askedQuestions, rightShares) } : {}),
    ...(tasks === undefined ? {} : { tasks }),
    questions: rows.length,
    questionsTooLong: askedQuestions.tooLong,
    data: settings.questions.map(({ digest }) => digest),
    responses,
  };
}

const responseQuestion = ({ questions, samples }: AskedQuestions, response: number): Question =>
  questions[Math.floor(response / samples)]!;

/** Right responses to each question. */
function countRight({ questions, samples }: AskedQuestions, responses: readonly JudgedResponse[]): number[] {
  return questions.map((_, q) => responses.slice(q * samples, (q + 1) * samples).filter(({ right }) => right).length);
}

/** Computes the share of right responses to each row, 0 for questions that are too long. */
function rowOutcomes(
  rows: readonly Question[],
  askedQuestions: AskedQuestions,
  rightShares: readonly number[],
): number[] {
  return rowValues(
    rows,
    askedQuestions,
    rightShares.map((right) => right / askedQuestions.samples),
  );
}

/** Returns the value of each row's question, 0 for questions that are too long. */
function rowValues(rows: readonly Question[], askedQuestions: AskedQuestions, values: readonly number[]): number[] {
  const known = new Map(askedQuestions.questions.map((question, q) => [question, values[q]!]));
  return rows.map((row) => known.get(row) ?? 0);
}

/**
 * How often the model works step by step, and how often it is then right. Questions too long have
 * no response.
 */
function measureReasoning(
  responses: readonly JudgedResponse[],
  askedQuestions: AskedQuestions,
  pattern: string,
  { byEntity, seed }: Measuring,
): NonNullable<QuestionMetrics["reasoning"]> {
  const compiled = compilePattern(pattern, { dotAll: true });
  const given = responses.map(({ text, right }, i) => ({
    isReasoned: compiled.test(text),
    right: Number(right),
    group: byEntity ? responseQuestion(askedQuestions, i).entity! : String(Math.floor(i / askedQuestions.samples)),
  }));
  const share = (of: typeof given, readValue: (one: (typeof given)[number]) => number): Share =>
    estimateShare(
      of.map(readValue),
      of.map(({ group }) => group),
      seed,
    );
  const [reasoned, direct] = [true, false].map((is) => given.filter(({ isReasoned }) => isReasoned === is));
  return {
    responses: given.length,
    share: share(given, ({ isReasoned }) => Number(isReasoned)),
    ...(reasoned!.length > 0 && { accuracyWith: share(reasoned!, ({ right }) => right) }),
    ...(direct!.length > 0 && { accuracyWithout: share(direct!, ({ right }) => right) }),
  };
}

/** pass@k for each k; questions too long pass at none. */
function passAt(
  { samples, passAt, interval }: Measuring,
  rows: readonly Question[],
  askedQuestions: AskedQuestions,
  rightShares: readonly number[],
): Record<string, Share> {
  return Object.fromEntries(
    passAt.map((k) => {
      const chances = rowValues(
        rows,
        askedQuestions,
        rightShares.map((right) => passAtK(samples, right, k)),
      );
      const { low, high } = interval(chances, rows);
      return [String(k), { share: sum(chances) / rows.length, low, high }];
    }),
  );
}

function byTask(
  rows: readonly Question[],
  askedQuestions: AskedQuestions,
  rightShares: readonly number[],
): QuestionMetrics["tasks"] {
  const tasks = new Map<string, { right: number; questions: number }>();
  for (const { task } of rows)
    if (task !== undefined) tasks.set(task, { right: 0, questions: (tasks.get(task)?.questions ?? 0) + 1 });
  askedQuestions.questions.forEach(({ task }, q) => {
    if (task !== undefined) tasks.get(task)!.right += rightShares[q]!;
  });
  if (tasks.size === 0) return undefined;
  return Object.fromEntries(
    [...tasks]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([task, { right, questions }]) => [
        task,
        { accuracy: right / askedQuestions.samples / questions, questions },
      ]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
