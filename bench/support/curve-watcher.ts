import { setTimeout as after } from "node:timers/promises";
import { compilePipeline } from "../../compiler/compile.js";
import type { StageState } from "../../schemas/run.js";
import type { CurvesMessage } from "../../studio/messages.js";
import { savePlan, saveRecord } from "../../store/records/runs.js";
import { startStudioProcess } from "./studio-process.js";

/**
 * A page reads a curve again at most this often, ms: when its run's message says that the stage has
 * got further.
 */
const readEveryMs = 500;

const text = `name: bench
stages:
  base:
    uses: dataset
    with: { source: { text: "a" }, unit: line }
`;

/** Records a run whose one stage, `base`, is under way under a key. */
export async function recordRunUnderWay(home: string, runId: string, key: string): Promise<void> {
  const { plan } = await compilePipeline({ text });
  await savePlan(home, runId, plan, text);
  const base: StageState = {
    ...{ id: "base", uses: plan.stages[0]!.uses, status: "running", attempts: 1, outputs: {}, metrics: {}, key },
    startedAtMs: Date.now(),
  };
  await saveRecord(home, {
    ...{ runId, pipeline: "bench", status: "running", plan, stages: [base], outputs: {} },
    startedAt: new Date().toISOString(),
  });
}

/**
 * The studio, and what the page of a run's curves asks it for while somebody looks at it. What a
 * browser does with the answers is not done here: it is elsewhere.
 * @returns ends both; the number of points that the page got last
 */
export async function watchCurves(home: string, runId: string): Promise<() => Promise<number>> {
  const { address, headers, stop } = await startStudioProcess(home);
  const left = new AbortController();
  const { signal } = left;
  const live = await fetch(`${address}/api/live?run=${runId}`, { headers, signal });
  const read = async (): Promise<number> => {
    let answer = '{"curves":[]}';
    for (;;) {
      try {
        const response = await fetch(`${address}/api/runs/${runId}/curves?stage=base`, { headers, signal });
        answer = await response.text();
        await after(readEveryMs, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        const { curves } = JSON.parse(answer) as CurvesMessage;
        return curves.reduce((sum, { count }) => sum + count, 0);
      }
    }
  };
  const drained = (async () => {
    try {
      for await (const bytes of live.body!) void bytes;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  })();
  const reads = read();
  return async () => {
    left.abort();
    const [points] = await Promise.all([reads, drained]);
    await stop();
    return points;
  };
}
