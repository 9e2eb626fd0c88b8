import type { LogEntry } from "../store/history/log.js";
import { readLog } from "../store/history/log-reader.js";
import type { Kill } from "./killer.js";

/** What a stage logs once it works again after a kill. */
const works = /^(working|finished|found its result)/;

/**
 * How long it took from each kill that stopped a stage until that stage worked again, ms. A kill is
 * left out if the next one came before the stage worked again: it shows nothing by itself.
 */
export async function timesToWorkAgain(home: string, runId: string, kills: readonly Kill[]): Promise<number[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLog(home, runId)) entries.push(entry);
  return kills.flatMap((kill, index) => {
    if (kill.stage === undefined) return [];
    const again = entries
      .filter(({ stage, message }) => stage === kill.stage && works.test(message))
      .map(({ time }) => Date.parse(time))
      .find((time) => time > kill.at);
    const next = kills[index + 1]?.at ?? Infinity;
    return again === undefined || again > next ? [] : [again - kill.at];
  });
}
