import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { withLoopHelpers } from "../../activities/checkpointed-loop.js";
import { programGraceMs } from "../../activities/command/program.js";
import type { StageContext } from "../../activities/stage.js";
import { openArtifact, putArtifact } from "../../store/artifacts/artifacts.js";
import type { MetricsRow } from "../../store/history/metrics.js";
import type { Progress } from "../../schemas/stage-result.js";

/** A stage's surroundings in a temporary directory, on the real store. */
export interface TestContext extends StageContext {
  logged: string[];
  reported: Progress[];
  recorded: MetricsRow[];
  /** Called with every report of progress. */
  onProgress: (progress: Progress) => void;
  abort(reason: Error): void;
  remove(): void;
}

export function testContext(seed = 1, directory?: string): TestContext {
  const workingDirectory = directory ?? mkdtempSync(path.join(os.tmpdir(), "pawl-test-"));
  const home = path.join(workingDirectory, ".pawl");
  const controller = new AbortController();
  const logged: string[] = [];
  const reported: Progress[] = [];
  const recorded: MetricsRow[] = [];
  const context = withLoopHelpers<Omit<TestContext, "yield" | "checkpointEvery">>({
    runId: "run",
    stage: "stage",
    key: "key",
    seed,
    attempt: 1,
    secrets: [],
    workingDirectory,
    home,
    confirmLease: async () => {},
    recordMetrics: (step, metrics) => void recorded.push({ step, metrics }),
    recorded,
    signal: controller.signal,
    graceMs: () => programGraceMs,
    checkpoints: { save: async () => {}, latest: async () => undefined, clear: async () => {} },
    checkpointEveryMs: 1000,
    checkpointsToKeep: 2,
    progress: (progress) => {
      reported.push(progress);
      context.onProgress(progress);
    },
    onProgress: () => {},
    log: (message, data) => void logged.push(`${message} ${JSON.stringify(data)}`),
    putArtifact: (kind, write) => putArtifact(home, kind, write),
    openArtifact: (ref) => openArtifact(home, ref),
    logged,
    reported,
    abort: (reason: Error) => controller.abort(reason),
    remove: () => rmSync(workingDirectory, { recursive: true, force: true }),
  });
  return context;
}
