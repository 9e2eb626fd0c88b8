import { createReadStream } from "node:fs";
import { splitLines } from "../../formats/lines.js";
import { PawlError } from "../../platform/errors.js";
import { childRunId, isOver } from "../../schemas/run.js";
import { homeDirectory } from "../../store/home.js";
import type { LogEntry } from "../../store/history/log.js";
import { readLog } from "../../store/history/log-reader.js";
import { lastOutputFile } from "../../store/history/program-output.js";
import { findRecord } from "../../store/records/runs.js";
import { refuseUnknownStage, stagesOfRun } from "../../api/reading/recorded-plan.js";
import { oneLine } from "../render/values.js";
import { stageStates } from "../../api/reading/stage-keys.js";
import type { Colors, Terminal } from "../terminal.js";
import { factsText } from "../../report/log-facts.js";
import type { Verb } from "../verb.js";

interface Options {
  follow?: boolean;
  output?: boolean;
}

/** `pawl logs RUN [STAGE] [--follow]`: reads the store, so that no server is needed. */
export const logs: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .argument("[stage]", "only this stage's lines")
    .option("-f, --follow", "print new lines as they are written, until the run has ended")
    .option("--output", "print what the program or worker of a stage printed in its last attempt")
    .action(async (runId: string, stage: string | undefined, { follow, output }: Options) => {
      const home = homeDirectory();
      const plan = await refuseUnknownStage(home, "logs", runId, stage);
      const isChild = (await stagesOfRun(home, runId, plan)).some(
        ({ id, child }) => id === stage && child !== undefined,
      );
      if (isChild) throw hasOwnRun(runId, stage!);
      if (output) return printOutput(home, runId, stage, terminal);
      const followed = follow ? untilEnd(home, runId) : undefined;
      try {
        await print(home, runId, { ...(stage && { stage }), ...(followed && { follow: followed.signal }) }, terminal);
      } finally {
        followed?.close();
      }
    });
};

function hasOwnRun(runId: string, stage: string): PawlError {
  const next = `pawl logs ${childRunId(runId, stage)}`;
  return new PawlError("NOT_ALLOWED", `${stage} is a run of its own, with its own log`, { next });
}

/**
 * @throws PawlError MISSING_KEY without a stage; DATA_MISSING if its program has printed nothing
 *   here
 */
async function printOutput(home: string, runId: string, stage: string | undefined, terminal: Terminal): Promise<void> {
  const states = await stageStates(home, runId);
  if (stage === undefined)
    throw new PawlError("MISSING_KEY", "--output needs a stage", {
      expected: states.map(({ id }) => id).join(", "),
      next: `pawl logs ${runId} STAGE --output`,
    });
  const file = lastOutputFile(home, runId, stage, states.find(({ id }) => id === stage)?.attempts ?? 0);
  if (file === undefined)
    throw new PawlError("DATA_MISSING", `no program of ${stage} has run in ${runId}`, {
      where: home,
      expected: "a command stage that has run; one from the cache ran in another run",
      next: `pawl logs ${runId} ${stage}`,
    });
  for await (const line of splitLines(createReadStream(file), file)) terminal.out(line.toString("utf8"));
}

async function print(
  home: string,
  runId: string,
  query: { stage?: string; follow?: AbortSignal },
  terminal: Terminal,
): Promise<void> {
  let count = 0;
  const onDamaged = (lines: number): void =>
    terminal.note(terminal.colors.yellow(`${lines} damaged ${lines === 1 ? "line is" : "lines are"} left out`));
  for await (const entry of readLog(home, runId, { ...query, onDamaged })) {
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

/** How often the store is asked whether a run has ended, ms. */
const lookEveryMs = 500;

/** A signal that is aborted once the store's record says that the run has ended, or by Ctrl-C. */
function untilEnd(home: string, runId: string): { signal: AbortSignal; close: () => void } {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const look = async (): Promise<void> => {
    const record = await findRecord(home, runId);
    if (record !== undefined && isOver(record.status)) stop.abort();
  };
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  return { signal: stop.signal, close: () => clearInterval(timer) };
}
