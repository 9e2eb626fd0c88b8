import { readFile, writeFile } from "node:fs/promises";
import { Option } from "commander";
import { exportedPreferences, importPreferences } from "../../api/choosing/preference-files.js";
import { knownRun } from "../../api/reading/read-run.js";
import type { RunView } from "../../api/reading/run-view.js";
import { preferenceFormats, type PreferenceFormat } from "../../formats/preference-files.js";
import { choiceWords, countChosen, type ChoiceProgress, type Choice } from "../../schemas/choices.js";
import { PawlError } from "../../platform/errors.js";
import { utf8Text } from "../../platform/text/utf8.js";
import { homeDirectory } from "../../store/home.js";
import { pairText } from "../choosing/pair-text.js";
import { findQuestion, type Question } from "../../api/choosing/question.js";
import { chooseByKeys } from "../choosing/session.js";
import { withServer } from "../connect.js";
import { readKey } from "../keyboard.js";
import { wholeNumber } from "../options.js";
import { table } from "../render/table.js";
import { cut, oneLine } from "../render/values.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

interface Options {
  stage?: string;
  list?: boolean;
  item?: number;
  choice?: Choice;
  withdraw?: boolean;
  close?: boolean;
  export?: string;
  format: PreferenceFormat;
  import?: string;
}

/**
 * `pawl choose RUN`: shows pairs of responses and takes the choices of a person, by keys; with
 * options also without a terminal.
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
    .option("--export <file>", "write pairs and choices to a file, also after the end")
    .addOption(
      new Option("--format <format>", "of the exported file: tasks of Label Studio, or the preferences as JSON lines")
        .choices(preferenceFormats)
        .default("label-studio"),
    )
    .option("--import <file>", "make the choices of a file of either format")
    .action(async (runId: string, options: Options) => {
      checkOptions(options, runId, terminal);
      const home = homeDirectory();
      await withServer(home, terminal, async ({ client }) => {
        if (options.export !== undefined)
          return exportTo(options.export, await knownRun(client, home, runId), home, options, terminal);
        await answer(await findQuestion(client, home, runId, options.stage), options, terminal);
      });
    });
};

function checkOptions(options: Options, runId: string, terminal: Terminal): void {
  const { item, choice, withdraw, close, list, export: exported, import: imported } = options;
  if (item === undefined && (choice !== undefined || withdraw))
    throw new PawlError("MISSING_KEY", "--choice and --withdraw need an item", {
      next: `pawl choose ${runId} --item 1 ${withdraw ? "--withdraw" : `--choice ${choice}`}`,
    });
  const isFile = exported !== undefined || imported !== undefined;
  const acts = [choice !== undefined, withdraw, close, list, exported !== undefined, imported !== undefined];
  if (acts.filter(Boolean).length > 1 || (isFile && item !== undefined))
    throw new PawlError(
      "NOT_ALLOWED",
      `${isFile ? "--export, --import, --item, " : ""}--choice, --withdraw, --close and --list cannot be combined`,
      {
        next: "use one of them",
      },
    );
  const byKeys = item === undefined && !close && !list && !isFile;
  if (byKeys && (terminal.json || !terminal.interactive))
    throw new PawlError("MISSING_KEY", "there is no terminal to read keys from", {
      expected: "--list, or --item with --choice or --withdraw, or --close",
      next: `pawl choose ${runId} --list`,
    });
}

async function answer(question: Question, options: Options, terminal: Terminal): Promise<void> {
  const { item, choice, withdraw, close, list, import: imported } = options;
  if (imported !== undefined) return importFrom(imported, question, terminal);
  if (close) return progressText(await question.send("close", {}), question, terminal);
  if (choice !== undefined)
    return progressText(await question.send("choose", { item: item!, choice }), question, terminal);
  if (withdraw) return progressText(await question.send("withdraw", { item: item! }), question, terminal);
  if (list || item !== undefined) return print(question, item, terminal);
  const end = await chooseByKeys(question, () => readKey(), terminal);
  const { runId } = question;
  if (end === "closed") terminal.out(`\nThe request is closed.\n  next: pawl watch ${runId}`);
  else terminal.out(`\nThe choices are kept.\n  next: pawl choose ${runId}`);
}

function progressText(
  { stage, chosen, target, closed }: ChoiceProgress,
  { runId }: Question,
  terminal: Terminal,
): void {
  if (terminal.json) return terminal.out(JSON.stringify({ run: runId, stage, chosen, target, closed }));
  const next = closed ? `pawl watch ${runId}` : `pawl choose ${runId}`;
  terminal.out(`${stage}: ${chosen} of ${target} chosen${closed ? "; the stage continues" : ""}\n  next: ${next}`);
}

async function exportTo(
  file: string,
  view: RunView,
  home: string,
  { format, stage: wanted }: Options,
  terminal: Terminal,
): Promise<void> {
  const { stage, text } = await exportedPreferences(home, view, format, wanted);
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new PawlError("NOT_ALLOWED", `the file cannot be written: ${(error as Error).message}`, {
      where: file,
      next: "choose a file in a directory that exists",
    });
  }
  if (terminal.json) return terminal.out(JSON.stringify({ run: view.runId, stage, file, format }));
  terminal.out(`${stage}: written to ${file}`);
}

async function importFrom(file: string, question: Question, terminal: Terminal): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new PawlError("FILE_NOT_FOUND", `the file cannot be read: ${(error as Error).message}`, {
      where: file,
      next: "check the path",
    });
  });
  const { read, made, ...progress } = await importPreferences(question, utf8Text(bytes, file, "DATA_INVALID"), {
    isProved: false,
  });
  if (!terminal.json) terminal.out(`${made} of ${read} choices of ${file} made`);
  progressText(progress, question, terminal);
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
  const selected = item === undefined ? pairs : pairs.filter((pair) => pair.item === item);
  if (selected.length === 0)
    throw new PawlError("OUT_OF_RANGE", `stages.${stage} has no item ${item}`, { expected: `1 to ${pairs.length}` });
  const { items, target, closesAtMs } = choiceRequest;
  const chosen = countChosen(choiceRequest);
  if (terminal.json)
    return terminal.out(JSON.stringify({ run: runId, stage, items, target, chosen, closesAtMs, pairs: selected }));
  if (item !== undefined) return terminal.out(pairText(selected[0]!, terminal.colors));
  const rows = selected.map(({ item, prompt, first, second, choice }) => [
    String(item),
    choice ?? "",
    ...[prompt, first, second].map((text) => cut(oneLine(text), 40)),
  ]);
  terminal.out(table(["item", "choice", "prompt", "first", "second"], rows, terminal.colors));
  terminal.out(`${chosen} of ${target} chosen\n  next: pawl choose ${runId}`);
}
