import type { RunStatus, StageState, StageStatus } from "../schemas/run.js";

/** How a status is shown: a shape, a word and a color, so that no one of them alone carries it. */
export interface Mark {
  sign: string;
  word: string;
  color: "accent" | "ok" | "warn" | "bad" | "calm" | "muted";
}

const ofStages: Record<StageStatus, Mark> = {
  queued: { sign: "○", word: "queued", color: "muted" },
  running: { sign: "●", word: "running", color: "accent" },
  backingOff: { sign: "↻", word: "backing off", color: "warn" },
  parked: { sign: "⏸", word: "parked", color: "warn" },
  waiting: { sign: "◆", word: "waiting for people", color: "warn" },
  succeeded: { sign: "✓", word: "succeeded", color: "ok" },
  cached: { sign: "↺", word: "from cache", color: "calm" },
  failed: { sign: "✗", word: "failed", color: "bad" },
  skipped: { sign: "–", word: "skipped", color: "muted" },
  cancelled: { sign: "–", word: "canceled", color: "muted" },
};

export const markOfStage = ({ status }: Pick<StageState, "status">): Mark => ofStages[status];

const ofRuns: Record<RunStatus, Mark> = {
  ...ofStages,
  loading: { ...ofStages.queued, word: "loading" },
  paused: { ...ofStages.parked, word: "paused" },
};

export const markOfRun = (status: RunStatus): Mark => ofRuns[status];
