import path from "node:path";
import { layout, safeName } from "../home.js";
import { namesIn } from "../temporary.js";

/**
 * The file with what a stage's program printed in its last attempt in a run; undefined if there is
 * none.
 */
export function lastOutputFile(home: string, runId: string, stage: string, attempts: number): string | undefined {
  const directory = path.dirname(layout.output(home, runId, stage, 1));
  const [begin, end] = [`${safeName(stage)}-`, ".log"];
  const numbers = namesIn(directory)
    .filter((name) => name.startsWith(begin) && name.endsWith(end))
    .map((name) => Number(name.slice(begin.length, -end.length)))
    .filter((attempt) => Number.isSafeInteger(attempt) && attempt > 0 && attempt <= attempts);
  return numbers.length === 0 ? undefined : layout.output(home, runId, stage, Math.max(...numbers));
}
