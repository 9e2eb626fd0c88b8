import type { ShapeName } from "./shapes.js";
import type { RunStatus, StageState, StageStatus } from "../schemas/run.js";

/**
 * How a status is shown: by a shape, a word and a color, so that color alone carries no meaning.
 */
export interface Mark {
  shape: ShapeName;
  word: string;
  color: "accent" | "ok" | "warn" | "bad" | "calm" | "muted";
}

const ofStages: Record<StageStatus, Mark> = {
  queued: { shape: "ring", word: "queued", color: "muted" },
  running: { shape: "disc", word: "running", color: "accent" },
  backingOff: { shape: "round", word: "backing off", color: "warn" },
  parked: { shape: "bars", word: "parked", color: "warn" },
  waiting: { shape: "diamond", word: "waiting for people", color: "warn" },
  succeeded: { shape: "tick", word: "succeeded", color: "ok" },
  cached: { shape: "back", word: "from cache", color: "calm" },
  failed: { shape: "cross", word: "failed", color: "bad" },
  skipped: { shape: "dash", word: "skipped", color: "muted" },
  cancelled: { shape: "dash", word: "canceled", color: "muted" },
};

export const markOfStage = ({ status }: Pick<StageState, "status">): Mark => ofStages[status];

const ofRuns: Record<RunStatus, Mark> = {
  ...ofStages,
  loading: { ...ofStages.queued, word: "loading" },
  paused: { ...ofStages.parked, word: "paused" },
};

export const markOfRun = (status: RunStatus): Mark => ofRuns[status];
