import type { Progress } from "../schemas/run.js";
import type { StageContext } from "./stage.js";

const everyMs = 5000;

/**
 * Runs work that may be silent for long (a query, a large file's digest) and repeats its last word on how far it is
 * meanwhile: a worker that says nothing is taken for lost. Only while the process itself is alive and turning.
 */
export async function keepAlive<T>(context: StageContext, work: (context: StageContext) => Promise<T>): Promise<T> {
  let last: Progress = { phase: "begin", done: 0, total: 0, unit: "", metrics: {} };
  const timer = setInterval(() => context.progress(last), everyMs);
  try {
    return await work({
      ...context,
      progress: (progress) => {
        last = progress;
        context.progress(progress);
      },
    });
  } finally {
    clearInterval(timer);
  }
}
