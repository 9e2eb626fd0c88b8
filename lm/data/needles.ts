import { PawlError } from "../../platform/errors.js";
import { RandomStream } from "../../platform/random.js";
import type { Example } from "./sequences.js";
import type { Tokenizer } from "../text/tokenizer.js";

/**
 * A needle in a haystack (Kamradt 2023): a statement is somewhere in a long text; at the end the
 * model is asked for its value by a key. Statements with values of other keys are in the text, too
 * (as in RULER, Hsieh et al. 2024). If the statement does not name the key, as in "Here is the
 * tango." and "The dance here is the", finding it needs the meaning of the words (as in NoLiMa,
 * Modarressi et al. 2025).
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

/**
 * Encodes a form, by key. White space before `{value}` is encoded with the value, as byte-level BPE
 * has it.
 */
export function encodeNeedles(form: NeedleForm, tokenizer: Tokenizer): Promise<NeedleTokens[]> {
  const statement = splitTemplate(form.statement);
  const question = splitTemplate(form.question);
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
function splitTemplate(template: string): { before: string; space: string; after: string } {
  const [start, after] = template.split("{value}") as [string, string];
  const before = start.trimEnd();
  return { before, space: start.slice(before.length), after };
}

/** The place of a needle. */
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

/** A test, and the chances of finding its needle without reading the text. */
export interface NeedleTest extends Example {
  /**
   * Tokens from the needle's last one to the question's last one, which predicts the answer: a
   * model must look this far back.
   */
  distance: number;
  /** Place of the needle's first token, from 0. */
  start: number;
  /** Chance that one of the key's values, drawn blindly, is the answer. */
  guess: number;
  /** Chance that the value of one of the text's statements, drawn blindly, is the answer. */
  anyStatement: number;
}

/** The tokens in the text at a place. */
interface Piece {
  /** Tokens of the haystack before it. */
  at: number;
  tokens: number[];
}

/**
 * One test: tokens to read, of which those that count are the answer's. Keys, values, the
 * distractors' places and the part of the haystack are functions of (seed, index).
 * @param haystack tokens of a text; a longer test restarts it
 * @throws PawlError OUT_OF_RANGE if the statements alone are longer than the test
 */
export function needleTest(
  needles: readonly NeedleTokens[],
  haystack: ArrayLike<number>,
  endOfText: number,
  position: NeedlePlace,
  seed: number,
): NeedleTest {
  const { length, depth, distractors, index } = position;
  const stream = new RandomStream(seed, `needle ${index}`);
  const chosen = pick(stream, needles.length, distractors + 1).map((key, i) => {
    const { question, answers, statements } = needles[key]!;
    const value = Math.floor(stream.uniform(1000 + i) * answers.length);
    return { question, answers: answers.length, answer: answers[value]!, statement: statements[value]! };
  });
  const [{ answer, answers }] = chosen as [(typeof chosen)[0]];
  const question = [...chosen[0]!.question, ...answer];
  const room = length - chosen.reduce((sum, { statement }) => sum + statement.length, question.length);
  if (room < 0) throw tooShort(length, length - room);
  const places = chosen.map((_, i) => (i === 0 ? depth : stream.uniform(2000 + i)) * room);
  const pieces = chosen.map(({ statement }, i): Piece => ({ at: Math.floor(places[i]!), tokens: statement }));
  const from = Math.floor(stream.uniform(0) * haystack.length);
  const hay = Array.from({ length: room }, (_, i) => haystack[(from + i) % haystack.length]!);
  const tokens = [endOfText, ...woven(hay, pieces), ...question];
  const start = 1 + pieceStart(0, pieces);
  return {
    tokens,
    counted: tokens.map((_, i) => i >= tokens.length - answer.length),
    distance: tokens.length - answer.length - start - pieces[0]!.tokens.length,
    start,
    guess: 1 / answers,
    anyStatement: chosen.filter((other) => String(other.answer) === String(answer)).length / chosen.length,
  };
}

/** The haystack with the pieces in it; pieces at one place keep their order. */
function woven(hay: readonly number[], pieces: readonly Piece[]): number[] {
  const inOrder = [...pieces].sort((a, b) => a.at - b.at);
  const parts = inOrder.flatMap(({ at, tokens }, i) => [...hay.slice(inOrder[i - 1]?.at ?? 0, at), ...tokens]);
  return [...parts, ...hay.slice(inOrder.at(-1)?.at ?? 0)];
}

/** The place of a piece in the result. */
function pieceStart(piece: number, pieces: readonly Piece[]): number {
  const { at } = pieces[piece]!;
  return pieces.reduce(
    (sum, other, i) => (other.at < at || (other.at === at && i < piece) ? sum + other.tokens.length : sum),
    at,
  );
}

/** `count` different numbers below `size`. */
function pick(stream: RandomStream, size: number, count: number): number[] {
  const unused = Array.from({ length: size }, (_, i) => i);
  return Array.from(
    { length: count },
    (_, i) => unused.splice(Math.floor(stream.uniform(1 + i) * unused.length), 1)[0]!,
  );
}

function tooShort(length: number, needed: number): PawlError {
  return new PawlError("OUT_OF_RANGE", "the needle, its distractors and the question are longer than the test", {
    where: "with.needle.lengths",
    expected: `at least ${needed} tokens`,
    got: String(length),
    next: "raise the length, or lower distractors",
  });
}
