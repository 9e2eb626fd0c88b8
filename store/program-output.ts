import { existsSync } from "node:fs";
import { layout } from "./home.js";

/** The file with what a stage's program printed in its last attempt in a run; undefined if there is none. */
export function lastOutputFile(home: string, runId: string, stage: string, attempts: number): string | undefined {
  for (let attempt = attempts; attempt > 0; attempt--) {
    const file = layout.output(home, runId, stage, attempt);
    if (existsSync(file)) return file;
  }
  return undefined;
}
