import type { DatasetRow } from "../../formats/dataset.js";

/** How much of what a model is measured on it has learned. */
export interface Overlap {
  /** Rows measured on. */
  rows: number;
  /** Of these, rows whose text, or question, stands in the rows learned from. */
  knownRows: number;
  /** Lines of the rows, blank ones aside. */
  lines: number;
  /** Of these, lines that stand in the rows learned from. */
  knownLines: number;
  /** Of the rows, those that share thirteen words in a row with the rows learned from. */
  knownPassages: number;
}

/**
 * Words of a passage that is no accident: 13, as GPT-3's authors chose (Brown et al. 2020, appendix
 * C).
 */
const passageWords = 13;

/**
 * What of the measured rows stands in the learned ones; letters' case and punctuation do not
 * matter.
 */
export function measureOverlap(measured: readonly DatasetRow[], learned: readonly DatasetRow[]): Overlap {
  const known = new Set(learned.map(questionOf));
  const knownLines = new Set(learned.flatMap(linesOf));
  const passages = new Set(learned.flatMap(passagesOf));
  const lines = measured.flatMap(linesOf);
  return {
    rows: measured.length,
    knownRows: measured.filter((row) => known.has(questionOf(row))).length,
    lines: lines.length,
    knownLines: lines.filter((line) => knownLines.has(line)).length,
    knownPassages: measured.filter((row) => passagesOf(row).some((passage) => passages.has(passage))).length,
  };
}

/** The row's text, or its question without the answer. */
const questionOf = (row: DatasetRow): string =>
  plain("text" in row ? row.text : "instruction" in row ? row.instruction : row.prompt);

/** All that the row holds. */
const wholeText = (row: DatasetRow): string =>
  "text" in row ? row.text : "instruction" in row ? `${row.instruction}\n${row.response}` : row.prompt;

const linesOf = (row: DatasetRow): string[] =>
  ("text" in row ? row.text.split("\n") : [questionOf(row)]).map(plain).filter((line) => line !== "");

function passagesOf(row: DatasetRow): string[] {
  const words = plain(wholeText(row)).split(" ");
  return Array.from({ length: Math.max(0, words.length - passageWords + 1) }, (_, i) =>
    words.slice(i, i + passageWords).join(" "),
  );
}

/** Words, numbers, and signs of arithmetic that stand alone. */
const plain = (text: string): string =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+|(?<= )[-+*/%=](?= )/gu) ?? []).join(" ");
