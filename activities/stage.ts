import type { ArtifactKind, ArtifactRef } from "../schemas/artifact.js";
import type { GivenChoices, ChoiceRequest } from "../schemas/choices.js";
import type { Progress, StageResult } from "../schemas/run.js";
import type { StageOutputs, StageType, StageWith } from "../schemas/stages/index.js";
import type { Checkpoints } from "../store/checkpoints.js";

/** What a stage is given beside its `with`. A stage never sees Temporal. */
export interface StageContext {
  runId: string;
  stage: string;
  key: string;
  seed: number;
  attempt: number;
  /** What people chose, on the attempt after that which asked. */
  given?: GivenChoices;
  /** The worker's folder: `file` sources and `export` destinations lie below it. */
  workingFolder: string;
  /** Cancelled, or the worker must go: stop at the next step, save a checkpoint, throw `signal.reason`. */
  signal: AbortSignal;
  /** Checkpoints of this stage's key. */
  checkpoints: Checkpoints;
  checkpointEveryMs: number;
  /**
   * Tells how far the work is: heartbeat, terminal and log. Cheap: call it every step. Silence is no harm while the process
   * turns; before a long synchronous call name its phase ("compile") and let the process turn once.
   */
  progress(progress: Progress): void;
  /** A line for the run's log; data are small. */
  log(message: string, data?: Record<string, unknown>): void;
  /** Writes an artifact: `write` fills an empty folder; whole or absent. */
  putArtifact<K extends ArtifactKind>(
    kind: K,
    write: (folder: string) => Promise<void> | void,
  ): Promise<ArtifactRef<K>>;
  /** The folder of an artifact, every file's digest verified on first opening. Read-only. */
  openArtifact(ref: ArtifactRef): Promise<string>;
}

/** Stage types that may request people's choices. */
type ChoiceStage = Extract<StageType, "collect-preferences">;

/** One stage type's work: from a checked `with` to artifacts and figures, or to a request for choices. */
export type Stage<T extends StageType> = (
  settings: StageWith<T>,
  context: StageContext,
) => Promise<
  (StageResult & { outputs: StageOutputs<T> }) | (T extends ChoiceStage ? { request: ChoiceRequest } : never)
>;
