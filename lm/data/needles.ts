import { PawlError } from "../../platform/errors.js";
import { RandomStream } from "../../platform/random.js";
import type { Example } from "./sequences.js";
import type { Tokenizer } from "../text/tokenizer.js";

/**
 * A needle in a haystack (Kamradt 2023): a statement stands somewhere in a long text; at the end the model is asked for
 * its value by a key. Statements with values of other keys stand in the text too (as in RULER, Hsieh et al. 2024). Where
 * the statement does not name the key, as in "Here is the tango." and "The dance here is the", finding it needs the
 * meaning of the words (as in NoLiMa, Modarressi et al. 2025).
 */
export interface NeedleForm {
  /** With `{value}` and perhaps `{key}`. */
  statement: string;
  /** With `{key}`, and `{value}` at its end. */
  question: string;
  words: readonly { key: string; values: readonly string[] }[];
}

/** One key as tokens. */
export interface NeedleTokens {
  /** The question without its answer. */
  question: number[];
  /** By value. */
  answers: number[][];
  /** By value. */
  statements: number[][];
}

/** Encodes a form, by key. White space before `{value}` is encoded with the value, as byte-level BPE has it. */
export function encodeNeedles(form: NeedleForm, tokenizer: Tokenizer): Promise<NeedleTokens[]> {
  const statement = partsOf(form.statement);
  const question = partsOf(form.question);
  return Promise.all(
    form.words.map(async ({ key, values }) => {
      const named = [statement.before, statement.after, question.before].map((part) => part.replaceAll("{key}", key));
      const [before, after, asked] = (await tokenizer.encodeBatch(named)) as [number[], number[], number[]];
      const stated = await tokenizer.encodeBatch(values.map((value) => statement.space + value));
      const answers = await tokenizer.encodeBatch(values.map((value) => question.space + value));
      return { question: asked, answers, statements: stated.map((value) => [...before, ...value, ...after]) };
    }),
  );
}

/** A template before its value, the white space right before it, and what comes after. */
function partsOf(template: string): { before: string; space: string; after: string } {
  const [start, after] = template.split("{value}") as [string, string];
  const before = start.trimEnd();
  return { before, space: start.slice(before.length), after };
}

/** Where a needle lies. */
export interface NeedlePlace {
  /** Tokens that the model reads. */
  length: number;
  /** 0: at the beginning, 1: right before the question. */
  depth: number;
  /** Other statements in the text. */
  distractors: number;
  /** Numbers the tests of one seed. */
  index: number;
}

/** What stands in the text at a place. */
interface Piece {
  /** Tokens of the haystack before it. */
  at: number;
  tokens: number[];
}

/**
 * One test: tokens to read, of which those that count are the answer's. Keys, values, the distractors' places and the part
 * of the haystack are functions of (seed, index).
 * @param haystack tokens of a text; a longer test begins it anew
 * @throws PawlError OUT_OF_RANGE where the statements alone are longer than the test
 */
export function needleTest(
  needles: readonly NeedleTokens[],
  haystack: ArrayLike<number>,
  endOfText: number,
  place: NeedlePlace,
  seed: number,
): Example {
  const { length, depth, distractors, index } = place;
  const stream = new RandomStream(seed, `needle ${index}`);
  const chosen = pick(stream, needles.length, distractors + 1).map((key, i) => {
    const { question, answers, statements } = needles[key]!;
    const value = Math.floor(stream.uniform(1000 + i) * answers.length);
    return { question, answer: answers[value]!, statement: statements[value]! };
  });
  const statements = chosen.map(({ statement }) => statement);
  const { answer } = chosen[0]!;
  const question = [...chosen[0]!.question, ...answer];
  const room = length - statements.reduce((sum, tokens) => sum + tokens.length, question.length);
  if (room < 0) throw tooShort(length, length - room);
  const places = statements.map((_, i) => (i === 0 ? depth : stream.uniform(2000 + i)) * room);
  const pieces = statements.map((tokens, i): Piece => ({ at: Math.floor(places[i]!), tokens }));
  const start = Math.floor(stream.uniform(0) * haystack.length);
  const hay = Array.from({ length: room }, (_, i) => haystack[(start + i) % haystack.length]!);
  const tokens = [endOfText, ...woven(hay, pieces), ...question];
  return { tokens, counted: tokens.map((_, i) => i >= tokens.length - answer.length) };
}

/** The haystack with the pieces in it. */
function woven(hay: readonly number[], pieces: readonly Piece[]): number[] {
  const inOrder = [...pieces].sort((a, b) => a.at - b.at);
  const parts = inOrder.flatMap(({ at, tokens }, i) => [...hay.slice(inOrder[i - 1]?.at ?? 0, at), ...tokens]);
  return [...parts, ...hay.slice(inOrder.at(-1)?.at ?? 0)];
}

/** `count` different numbers below `size`. */
function pick(stream: RandomStream, size: number, count: number): number[] {
  const left = Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => left.splice(Math.floor(stream.uniform(1 + i) * left.length), 1)[0]!);
}

function tooShort(length: number, needed: number): PawlError {
  return new PawlError("OUT_OF_RANGE", "the needle, its distractors and the question are longer than the test", {
    where: "with.needle.lengths",
    expected: `at least ${needed} tokens`,
    got: String(length),
    next: "raise the length, or lower distractors",
  });
}
