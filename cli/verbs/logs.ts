import { homeDirectory, readLog, type LogEntry } from "../../store/index.js";
import { isObject } from "../../platform/json.js";
import { refuseUnknownStage } from "../recorded-plan.js";
import { oneLine, shortNumber } from "../render/values.js";
import type { Colors, Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** `pawl logs RUN [STAGE] [--follow]`: reads the store, so that no server is needed. */
export const logs: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .argument("[stage]", "only this stage's lines")
    .option("-f, --follow", "print new lines as they are written")
    .action(async (runId: string, stage: string | undefined, { follow }: { follow?: boolean }) => {
      const home = homeDirectory();
      await refuseUnknownStage(home, "logs", runId, stage);
      await print(home, runId, { ...(stage && { stage }), ...(follow && { follow: untilInterrupted() }) }, terminal);
    });
};

async function print(
  home: string,
  runId: string,
  query: { stage?: string; follow?: AbortSignal },
  terminal: Terminal,
): Promise<void> {
  let count = 0;
  for await (const entry of readLog(home, runId, query)) {
    terminal.out(terminal.json ? JSON.stringify(entry) : logLine(entry, terminal.colors));
    count++;
  }
  if (count === 0 && !terminal.json && query.follow === undefined)
    terminal.note(`nothing has been logged yet\n  next: pawl status ${runId}`);
}

/** `12:01:05  base  checkpoint  step 200  ms 12`. */
export function logLine({ time, stage, attempt, message, data }: LogEntry, colors: Colors): string {
  const clock = new Date(time).toTimeString().slice(0, 8);
  const name = attempt > 1 ? `${stage} #${attempt}` : stage;
  const facts = colors.dim(factsText(data ?? {}));
  return oneLine([colors.dim(clock), colors.cyan(name), message, facts].join("  ").trimEnd());
}

/** `step 200  ms 12`; nested values are written beside the others, and digests are shortened. */
function factsText(data: Record<string, unknown>): string {
  return Object.entries(data)
    .map(([name, value]) => {
      if (isObject(value)) return factsText(value);
      if (typeof value === "number") return `${name} ${Number.isInteger(value) ? value : shortNumber(value)}`;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `${name} ${/^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text}`;
    })
    .join("  ");
}

function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  return stop.signal;
}
