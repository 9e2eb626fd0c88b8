import type { PreferenceRow } from "../../../formats/dataset.js";
import { PawlError } from "../../../platform/errors.js";
import { shortJson } from "../../../platform/json.js";
import { isNumber } from "../../tables/typed.js";
import { readMessage } from "./messages.js";
import type { Cell } from "../tables/table.js";

/** The cells of a preference: text, or conversations, lists of messages. */
export interface PreferenceCells {
  prompt?: Cell;
  chosen?: Cell;
  rejected?: Cell;
  margin?: Cell;
}

/** The text of a cell: a question, an answer, or both. */
interface Said {
  question?: string;
  answer?: string;
}

/**
 * A preference from its cells. Conversations of one turn are read: the prompt is a list of its own,
 * or the head of chosen and rejected (or both, if they agree). Other conversations are reported as
 * `turns`.
 * @throws PawlError DATA_INVALID if the margin is not a number ≥ 0
 */
export function readPreference(cells: PreferenceCells): PreferenceRow | "empty" | "missing" | "identical" | "turns" {
  const [prompt, chosen, rejected] = [read(cells.prompt, "question"), read(cells.chosen), read(cells.rejected)];
  for (const given of [chosen, rejected, prompt]) if (typeof given === "string") return given;
  const [askedText, better, worse] = [prompt, chosen, rejected] as Said[];
  const questions = new Set([askedText!, better!, worse!].flatMap(({ question }) => question ?? []));
  if (questions.size > 1 || askedText!.answer !== undefined) return "turns";
  const [question] = questions;
  if (question === undefined || better!.answer === undefined || worse!.answer === undefined) return "missing";
  const row: PreferenceRow = { prompt: question, chosen: better!.answer, rejected: worse!.answer };
  if (Object.values(row).some((text: string) => text.trim() === "")) return "empty";
  if (row.chosen.trim() === row.rejected.trim()) return "identical";
  return cells.margin === undefined ? row : { ...row, margin: parseMargin(cells.margin) };
}

function read(cell: Cell, plain: keyof Said = "answer"): Said | "missing" | "turns" {
  if (cell === undefined) return {};
  if (typeof cell === "string") return { [plain]: cell };
  if (cell.length === 0) return {};
  const messages = cell.map(readMessage);
  if (messages.some((message) => message === undefined)) return "missing";
  const [first, second] = messages.map((message) => message!);
  const roles = messages.map((message) => message!.role).join(" ");
  if (roles === "user") return { question: first!.content };
  if (roles === "assistant") return { answer: first!.content };
  return roles === "user assistant" ? { question: first!.content, answer: second!.content } : "turns";
}

function parseMargin(cell: NonNullable<Cell>): number {
  const margin = typeof cell === "string" && isNumber(cell.trim()) ? Number(cell) : NaN;
  if (margin >= 0 && margin < Infinity) return margin;
  throw new PawlError("DATA_INVALID", "a margin is not a number of at least 0", {
    where: "with.columns.margin",
    expected: "how much better the chosen response is: 0 or more",
    got: shortJson(cell),
    next: "correct it in `query`, for example `SELECT * EXCLUDE (margin), greatest(margin, 0) AS margin FROM data`",
  });
}
