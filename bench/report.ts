/**
 * `npm run bench -- report`: time and size of the report of a run of the demo's shape: 45 stages,
 * each with 3 curves of 3,000 steps. Every report is made by a process of its own, as `pawl report`
 * does it.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { compilePipeline } from "../compiler/compile.js";
import { packageRoot } from "../platform/program/locations.js";
import type { StageState } from "../schemas/run.js";
import { openMetrics } from "../store/history/metrics.js";
import { savePlan, saveRecord } from "../store/records/runs.js";
import { median, report, row } from "./harness.js";

const [stages, steps, repetitions] = [45, 3000, 5];
const runId = "synthetic";

/** A run in a store, each of whose stages has trained. */
async function makeRun(home: string): Promise<void> {
  const ids = Array.from({ length: stages }, (_, i) => `stage-${i + 1}`);
  const lines = ids.map((id) => `  ${id}:\n    uses: command\n    with: { run: [echo, ${id}] }\n`);
  const text = `name: ${runId}\nstages:\n${lines.join("")}`;
  const { plan } = await compilePipeline({ text });
  const startedAt = new Date().toISOString();
  const states = ids.map((id): StageState => ({
    ...{
      id,
      uses: "command",
      status: "succeeded",
      attempts: 1,
      key: `key-of-${id}`,
      outputs: {},
      metrics: { loss: 1 },
    },
    ...{ startedAtMs: Date.now(), endedAtMs: Date.now() + 1000 },
  }));
  await savePlan(home, runId, plan, text);
  for (const { key } of states) {
    const history = openMetrics(home, key!);
    for (let step = 1; step <= steps; step++) {
      const noise = Math.sin(step * step);
      history.record(step, { loss: 4 * Math.exp(-step / 900) + noise / 5, reward: step / steps + noise, kl: noise });
    }
    await history.finish();
  }
  const record = { runId, pipeline: runId, plan, status: "succeeded" as const, stages: states, outputs: {} };
  await saveRecord(home, { ...record, startedAt, endedAt: startedAt });
}

const home = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-report-"));
try {
  await makeRun(home);
  const program = path.join(packageRoot(), "dist", "cli", "main.js");
  const times = Array.from({ length: repetitions }, () => {
    const began = performance.now();
    execFileSync(process.execPath, [program, "report", runId], { env: { ...process.env, PAWL_HOME: home } });
    return (performance.now() - began) / 1000;
  });
  const bytes = statSync(path.join(home, "runs", runId, "report.html")).size;
  const shape = `${stages} stages, 3 curves of ${steps} steps each`;
  const bounds = { bounds: "ours", better: "lower" } as const;
  report("report", [
    row({
      what: `the report, process included: ${shape}`,
      unit: "s",
      ours: median(times),
      atLeast: 3,
      aim: 1,
      ...bounds,
    }),
    row({ what: `its size: ${shape}`, unit: "KiB", ours: bytes / 1024, atLeast: 2048, aim: 500, ...bounds }),
  ]);
} finally {
  rmSync(home, { recursive: true, force: true });
}
