import type { Pair } from "../../formats/pairs.js";
import { countChosen, findVote, type ChoiceRequestState, type Choice } from "../../schemas/choices.js";
import { PawlError } from "../../platform/errors.js";
import { interruptKey } from "../keyboard.js";
import type { Terminal } from "../terminal.js";
import { pairText } from "./pair-text.js";
import { nextItem } from "../../api/choosing/next-item.js";
import type { Question } from "../../api/choosing/question.js";

const choiceOfKey: Record<string, Choice> = { "1": "first", "2": "second", t: "tie", b: "bothBad" };
const leavingKeys = ["q", interruptKey];

/**
 * Lets a person choose, pair by pair. Each choice is sent, and so is durable, before the next pair
 * is shown. Ends when the request is closed, here or elsewhere, or when the person leaves.
 */
export async function chooseByKeys(
  question: Question,
  readKey: () => Promise<string>,
  terminal: Terminal,
): Promise<"closed" | "left"> {
  const pairs = await question.pairs();
  /** Items chosen here, for `u`. */
  const made: number[] = [];
  let wanted: number | undefined;
  for (;;) {
    const choiceRequest = await question.look();
    if (choiceRequest === undefined) return "closed";
    const item: number | undefined =
      wanted ?? nextItem(choiceRequest, question.by) ?? lastIfInsufficient(choiceRequest);
    // Other people still have to choose.
    if (item === undefined) return "left";
    wanted = undefined;
    show(item, pairs[item - 1]!, choiceRequest, question.by, terminal);
    const key = await meaningfulKey(readKey, made.length > 0);
    if (leavingKeys.includes(key)) return "left";
    try {
      if (key === "u") {
        wanted = made.pop()!;
        await question.send("withdraw", { item: wanted });
        terminal.out(terminal.colors.dim("withdrawn: the choice before"));
      } else {
        const choice = choiceOfKey[key]!;
        await question.send("choose", { item, choice });
        made.push(item);
        terminal.out(terminal.colors.dim(`chosen: ${choice}`));
      }
    } catch (error) {
      // The request was closed while the person was reading.
      if (error instanceof PawlError && error.code === "STAGE_NOT_WAITING") return "closed";
      throw error;
    }
  }
}

const lastIfInsufficient = ({ insufficient, items }: ChoiceRequestState): number | undefined =>
  insufficient ? items : undefined;

function show(item: number, pair: Pair, choiceRequest: ChoiceRequestState, by: string, terminal: Terminal): void {
  const { colors } = terminal;
  const earlier = findVote(choiceRequest, by, item)?.choice;
  const { target } = choiceRequest;
  const chosen = countChosen(choiceRequest);
  const position = chosen < target ? `${chosen + 1} of ${target}` : `${chosen} of ${target} chosen, one more`;
  const head = `${position}${earlier === undefined ? "" : ` (chosen: ${earlier})`}`;
  terminal.out(
    `\n${colors.dim(`── ${head} ${"─".repeat(Math.max(0, Math.min(terminal.columns(), 80) - head.length - 4))}`)}`,
  );
  terminal.out(pairText(pair, colors));
  terminal.out(`\nWhich response do you prefer?\n  ${keysText(colors.cyan)}`);
}

function keysText(cyan: (text: string) => string): string {
  const keys = { "1": "first", "2": "second", t: "tie", b: "both bad", u: "undo", q: "leave" };
  return Object.entries(keys)
    .map(([key, word]) => `${cyan(key)} ${word}`)
    .join("  ");
}

async function meaningfulKey(readKey: () => Promise<string>, mayUndo: boolean): Promise<string> {
  for (;;) {
    const key = await readKey();
    if (key in choiceOfKey || leavingKeys.includes(key) || (key === "u" && mayUndo)) return key;
  }
}
