import type { Speech } from "../../lm/decode/conversation.js";
import { PawlError } from "../../platform/errors.js";
import { renderFailure } from "../render/error.js";
import { exitCodes } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import type { Speaker } from "./open-speakers.js";

/** The lines to send, one by one. */
export interface Asking {
  /** Returns undefined when no lines remain. */
  next(): Promise<string | undefined>;
  /** A signal that ends the current response. */
  responding(): AbortSignal;
}

/**
 * Sends every line to every model. If that fails, prints the error and continues with the next
 * line.
 * @param isStream JSON is printed for each piece of a response, too
 */
export async function talk(
  speakers: readonly Speaker[],
  lines: Asking,
  terminal: Terminal,
  isStream = false,
): Promise<void> {
  if (isStream) for (const { stage, about } of speakers) terminal.out(JSON.stringify({ event: "ready", stage, about }));
  for (let question = await lines.next(); question !== undefined; question = await lines.next()) {
    const signal = lines.responding();
    for (const speaker of speakers) {
      if (signal.aborted) break;
      try {
        await respond(speaker, question, { named: speakers.length > 1, isStream }, signal, terminal);
      } catch (error) {
        if (!(error instanceof PawlError)) throw error;
        renderFailure(error, terminal);
        if (!terminal.interactive) terminal.exitCode = exitCodes.failed;
      }
    }
  }
}

async function respond(
  { stage, ask }: Speaker,
  question: string,
  { named, isStream }: { named: boolean; isStream: boolean },
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  if (terminal.json) {
    const onText = (text: string): void => {
      if (isStream) terminal.out(JSON.stringify({ event: "text", stage, text }));
    };
    const { seconds, ...speech } = await ask(question, onText, signal);
    const tokensPerSecond = rate({ seconds, ...speech });
    return terminal.out(JSON.stringify({ question, stage, ...speech, seconds, tokensPerSecond }));
  }
  const { colors } = terminal;
  if (named) terminal.out(colors.cyan(stage));
  const speech = await ask(question, (text) => terminal.write(text), signal);
  terminal.out("");
  terminal.note(colors.dim(`  ${speechMetrics(speech)}`));
}

function speechMetrics({ tokens, read, forgotten, reason, stop, seconds }: Speech): string {
  const why = {
    stop: stop === undefined ? "" : `, ended at ${JSON.stringify(stop)}`,
    length: ", cut at --max-tokens",
    context: ", the context is full",
    interrupted: ", interrupted",
  };
  const lost = forgotten === 0 ? "" : `, ${forgotten} earlier ${forgotten === 1 ? "turn" : "turns"} forgotten`;
  return `${tokens} tokens, ${rate({ tokens, seconds })} tokens/s, ${read} read${why[reason]}${lost}`;
}

function rate({ tokens, seconds }: Pick<Speech, "tokens" | "seconds">): number {
  return seconds === 0 ? 0 : Math.round(tokens / seconds);
}
