import type { InstructionRow } from "../../../formats/dataset.js";
import { readMessage, type Message } from "./messages.js";
import type { Cell } from "../tables/table.js";

/** A conversation's first question and its answer. */
export interface Exchange extends Pick<InstructionRow, "instruction" | "response"> {
  /** Whether further messages were left out. */
  isCut: boolean;
}

/**
 * A conversation as an instruction with its response: its first question and the answer to it. A
 * system message comes before the question, with a blank line between. What follows the first
 * answer is left out, and counted: without the messages before it, a later answer would make no
 * sense.
 */
export function readExchange(cell: Cell): Exchange | "empty" | "missing" | "turns" {
  if (cell === undefined || typeof cell === "string" || cell.length === 0) return "missing";
  const messages = cell.map(readMessage);
  const system = messages[0]?.role === "system" ? [messages[0].content] : [];
  const [question, answer, ...rest] = messages.slice(system.length);
  if (messages.slice(0, system.length + 2).includes(undefined)) return "missing";
  if (question?.role !== "user" || answer?.role !== "assistant") return "turns";
  if (isBlank(question) || isBlank(answer)) return "empty";
  const before = system.filter((text) => text.trim() !== "");
  return {
    instruction: [...before, question.content].join("\n\n"),
    response: answer.content,
    isCut: rest.length > 0,
  };
}

const isBlank = ({ content }: Message): boolean => content.trim() === "";
