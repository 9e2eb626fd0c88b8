import { homeDirectory } from "../../store/home.js";
import { findModels } from "../chatting/find-models.js";
import { pipedLines, typedLines } from "../chatting/lines.js";
import { openSpeakers } from "../chatting/open-speakers.js";
import { talk } from "../chatting/talk.js";
import { PawlError } from "../../platform/errors.js";
import { collect, number, wholeNumber } from "../options.js";
import type { Verb } from "../verb.js";

interface Options {
  stage?: string;
  compare?: string;
  text?: boolean;
  singleTurn?: boolean;
  stream?: boolean;
  system?: string;
  maxTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  stop: string[];
  seed: number;
}

/**
 * `pawl chat RUN`: talks to the model of a stage, or to several; without a terminal each line of
 * standard input is a prompt.
 */
export const chat: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("--stage <id>", "stage whose model to load (default: the last stage that left one)")
    .option("--compare <ids>", "send each line to the models of these stages, separated by commas")
    .option("--text", "continue each line as text, as a model without a chat template always does")
    .option("--single-turn", "send each line as a new conversation, for a model trained on single turns")
    .option("--system <text>", "system prompt")
    .option("--max-tokens <number>", "maximum length of a response, in tokens", wholeNumber(1), 256)
    .option("--temperature <number>", "sampling temperature; 0: the most probable token", number(0, 100), 0)
    .option("--top-k <number>", "sample from the k most probable tokens; 0: off", wholeNumber(0), 0)
    .option("--top-p <share>", "sample from the top tokens up to this share; 1: off", number(Number.MIN_VALUE, 1), 1)
    .option("--min-p <share>", "sample from tokens above this share of the top probability; 0: off", number(0, 1), 0)
    .option("--repetition-penalty <number>", "penalty on tokens that have occurred; 1: off", number(0.01, 10), 1)
    .option("--stop <text>", "text that ends a response; may be repeated", collect, [])
    .option("--stream", "with --json: print a line for each piece of a response, too")
    .option("--seed <number>", "seed of the random numbers", wholeNumber(0), 1)
    .action(async (runId: string, options: Options) => {
      const home = homeDirectory();
      const models = await findModels(home, runId, wantedStages(options, runId));
      const { maxTokens, text, stream: _stream, ...sampling } = options;
      if (terminal.interactive) terminal.note(terminal.colors.dim("loading"));
      const settings = { ...sampling, maxNewTokens: maxTokens, ...(text && { chat: false }) };
      const speakers = await openSpeakers(home, models, settings);
      const lines = terminal.interactive ? typedLines(terminal) : pipedLines(terminal);
      if (terminal.interactive)
        terminal.note(
          [
            ...speakers.map(({ stage, about }) => `${terminal.colors.cyan(stage)}  ${about}`),
            terminal.colors.dim("Ctrl-C stops a response; again, or at the prompt, it ends the conversation"),
          ].join("\n"),
        );
      try {
        await talk(speakers, lines, terminal, options.stream === true && terminal.json);
      } finally {
        lines.close();
      }
    });
};

function wantedStages({ stage, compare, stop }: Options, runId: string): string[] {
  if (stage !== undefined && compare !== undefined)
    throw new PawlError("NOT_ALLOWED", "--stage and --compare cannot be combined", {
      next: `pawl chat ${runId} --compare ${stage},${compare}`,
    });
  if (stop.includes("")) throw new PawlError("NOT_ALLOWED", "--stop must not be empty", { expected: "--stop <text>" });
  const ids = compare?.split(",").map((id) => id.trim()) ?? (stage === undefined ? [] : [stage]);
  return ids.filter((id) => id !== "");
}
