import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { RunTask } from "../../activities/module/messages.js";
import { withLoopHelpers } from "../../activities/checkpointed-loop.js";
import type { ArtifactRef, WrittenKind } from "../../schemas/artifact.js";
import type { OwnStageContext } from "../../schemas/own-stage.js";
import type { Channel } from "./channel.js";

/**
 * Time between two reports of progress within a phase, ms: a stage may report each of many short
 * steps.
 */
const progressEveryMs = 100;

/** Creates the context that a stage's `run` receives in its own process. */
export function createContext(task: RunTask, channel: Channel, signal: AbortSignal): OwnStageContext {
  const { runId, stage, seed, attempt, workingDirectory, checkpointEveryMs, scratch } = task;
  let written = 0;
  /** Lets `write` fill a directory, and sends it to the worker. */
  const filled = async <T>(write: (directory: string) => unknown, handOver: (directory: string) => Promise<T>) => {
    const directory = path.join(scratch, String((written += 1)));
    await mkdir(directory);
    try {
      await write(directory);
      return await handOver(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
  const context: OwnStageContext = withLoopHelpers({
    ...{ runId, stage, seed, attempt, workingDirectory, checkpointEveryMs, signal },
    ...reports(channel),
    confirmLease: async () => void (await channel.ask("confirmLease", {})),
    checkpoints: {
      save: async (step: number, write: (directory: string) => Promise<void> | void) =>
        void (await filled(write, (directory) => channel.ask("saveCheckpoint", { step, directory }))),
      latest: async () => (await channel.ask("latestCheckpoint", {})) ?? undefined,
    },
    putArtifact: async <K extends WrittenKind>(kind: K, write: (directory: string) => Promise<void> | void) => {
      const ref = await filled(write, (directory) => channel.ask("putArtifact", { kind, directory }));
      return ref as ArtifactRef<K>;
    },
    openArtifact: (ref: ArtifactRef) => channel.ask("openArtifact", { ref }),
  });
  const yieldProcess = context.yield.bind(context);
  context.yield = async () => {
    await channel.drained();
    await yieldProcess();
  };
  return context;
}

type Reports = Pick<OwnStageContext, "progress" | "recordMetrics" | "log">;

function reports(channel: Channel): Reports {
  let reportedAt = -Infinity;
  let phase: string | undefined;
  return {
    progress(progress) {
      const now = performance.now();
      const isLast = progress.done >= progress.total;
      if (progress.phase === phase && !isLast && now - reportedAt < progressEveryMs) return;
      reportedAt = now;
      phase = progress.phase;
      channel.tell({ event: "progress", ...progress });
    },
    recordMetrics: (step, metrics) => channel.tell({ event: "metrics", step, metrics }),
    log: (message, data) => channel.tell({ event: "log", message, ...(data && { data }) }),
  };
}
