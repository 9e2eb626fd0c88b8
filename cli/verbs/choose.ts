import { Option } from "commander";
import { choiceWords, chosenOf, type ChoiceProgress, type Choice } from "../../schemas/choices.js";
import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/index.js";
import { pairText } from "../choosing/pair-text.js";
import { findQuestion, type Question } from "../../api/choosing/question.js";
import { chooseByKeys } from "../choosing/session.js";
import { withServer } from "../connect.js";
import { readKey } from "../keyboard.js";
import { wholeNumber } from "../options.js";
import { table } from "../render/table.js";
import { cut, oneLine } from "../render/values.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

interface Options {
  stage?: string;
  list?: boolean;
  item?: number;
  choice?: Choice;
  withdraw?: boolean;
  close?: boolean;
}

/**
 * `pawl choose RUN`: shows pairs of responses and takes the choices of a person, by keys; with options also without a
 * terminal.
 */
export const choose: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("--stage <id>", "the stage, if several wait for choices")
    .option("--list", "print the pairs and the choices made so far")
    .option("--item <number>", "print this pair; with --choice or --withdraw, change its choice", wholeNumber(1))
    .addOption(new Option("--choice <choice>", "the preferred response of the item").choices(choiceWords))
    .option("--withdraw", "withdraw the choice of the item")
    .option("--close", "close the request; the stage continues with the choices made so far")
    .action(async (runId: string, options: Options) => {
      checkOptions(options, runId, terminal);
      const home = homeDirectory();
      await withServer(home, terminal, async ({ client }) => {
        await answer(await findQuestion(client, home, runId, options.stage), options, terminal);
      });
    });
};

function checkOptions({ item, choice, withdraw, close, list }: Options, runId: string, terminal: Terminal): void {
  if (item === undefined && (choice !== undefined || withdraw))
    throw new PawlError("MISSING_KEY", "--choice and --withdraw need an item", {
      next: `pawl choose ${runId} --item 1 ${withdraw ? "--withdraw" : `--choice ${choice}`}`,
    });
  if ([choice !== undefined, withdraw, close, list].filter(Boolean).length > 1)
    throw new PawlError("NOT_ALLOWED", "--choice, --withdraw, --close and --list cannot be combined", {
      next: "use one of them",
    });
  const byKeys = item === undefined && !close && !list;
  if (byKeys && (terminal.json || !terminal.interactive))
    throw new PawlError("MISSING_KEY", "there is no terminal to read keys from", {
      expected: "--list, or --item with --choice or --withdraw, or --close",
      next: `pawl choose ${runId} --list`,
    });
}

async function answer(question: Question, options: Options, terminal: Terminal): Promise<void> {
  const { item, choice, withdraw, close, list } = options;
  if (close) return told(await question.send("close", {}), question, terminal);
  if (choice !== undefined) return told(await question.send("choose", { item: item!, choice }), question, terminal);
  if (withdraw) return told(await question.send("withdraw", { item: item! }), question, terminal);
  if (list || item !== undefined) return print(question, item, terminal);
  const end = await chooseByKeys(question, () => readKey(), terminal);
  const { runId } = question;
  if (end === "closed") terminal.out(`\nThe request is closed.\n  next: pawl watch ${runId}`);
  else terminal.out(`\nThe choices are kept.\n  next: pawl choose ${runId}`);
}

function told({ stage, chosen, target, closed }: ChoiceProgress, { runId }: Question, terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify({ run: runId, stage, chosen, target, closed }));
  const next = closed ? `pawl watch ${runId}` : `pawl choose ${runId}`;
  terminal.out(`${stage}: ${chosen} of ${target} chosen${closed ? "; the stage continues" : ""}\n  next: ${next}`);
}

/** All pairs, or one, with their choices. */
async function print(question: Question, item: number | undefined, terminal: Terminal): Promise<void> {
  const { runId, stage } = question;
  const choiceRequest = await question.look();
  if (choiceRequest === undefined)
    throw new PawlError("STAGE_NOT_WAITING", `stages.${stage} of run ${runId} no longer waits for choices`);
  const pairs = (await question.pairs()).map(({ prompt, first, second }, i) => {
    return { item: i + 1, prompt, first, second, choice: choiceRequest.choices[i + 1] ?? null };
  });
  const shown = item === undefined ? pairs : pairs.filter((pair) => pair.item === item);
  if (shown.length === 0)
    throw new PawlError("OUT_OF_RANGE", `stages.${stage} has no item ${item}`, { expected: `1 to ${pairs.length}` });
  const { items, target, closesAtMs } = choiceRequest;
  const chosen = chosenOf(choiceRequest);
  if (terminal.json)
    return terminal.out(JSON.stringify({ run: runId, stage, items, target, chosen, closesAtMs, pairs: shown }));
  if (item !== undefined) return terminal.out(pairText(shown[0]!, terminal.colors));
  const rows = shown.map(({ item, prompt, first, second, choice }) => [
    String(item),
    choice ?? "",
    ...[prompt, first, second].map((text) => cut(oneLine(text), 40)),
  ]);
  terminal.out(table(["item", "choice", "prompt", "first", "second"], rows, terminal.colors));
  terminal.out(`${chosen} of ${target} chosen\n  next: pawl choose ${runId}`);
}
