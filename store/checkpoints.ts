import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../schemas/errors.js";
import { isMissing, storeError } from "./errors.js";
import { layout } from "./home.js";
import { verifyFolder } from "./manifest.js";
import { fillFolder, moveAside, placeFolder } from "./place.js";
import { namesIn, removeLeftovers, temporaryFolder } from "./temporary.js";

/** Checkpoints of one stage key: whole or absent, verified on read, newest first, the old one removed only after the new one is whole. */
export interface Checkpoints {
  /**
   * Writes a checkpoint: `write` fills an empty folder with files; it is then hashed, synced and renamed into place.
   * Older ones beyond `keep` are removed afterwards. Throws PawlError DISK_FULL with the old one intact.
   */
  save(step: number, write: (folder: string) => Promise<void> | void): Promise<void>;
  /** The newest whole one, or undefined. A corrupt one is skipped and reported through `onCorrupt`. */
  latest(): Promise<{ step: number; folder: string } | undefined>;
  /** Removes all, once the stage's result is recorded. */
  clear(): Promise<void>;
}

export interface CheckpointOptions {
  /** How many whole checkpoints to keep; at least 1. */
  keep: number;
  /** Told of each damaged checkpoint that was passed over. */
  onCorrupt: (found: { step: number; reason: string }) => void;
}

/** The checkpoints of a stage key. Two processes that save the same step at once do no harm. */
export function openCheckpoints(home: string, key: string, options: CheckpointOptions): Checkpoints {
  const base = layout.checkpoints(home, key);
  const setAside = (step: number): Promise<boolean> =>
    moveAside(path.join(base, String(step)), path.join(base, `corrupt-${step}-${Date.now()}-${process.pid}`));

  return {
    async save(step, write) {
      if (!Number.isSafeInteger(step) || step < 0)
        throw new PawlError("INTERNAL", `${step} is no step to save a checkpoint at`);
      try {
        await removeLeftovers(home);
        const sealed = await fillFolder(home, { step }, write);
        await placeFolder(sealed, path.join(base, String(step)), () => setAside(step));
        await discard(home, base, (await stepsIn(base)).slice(Math.max(1, options.keep)));
      } catch (error) {
        throw await storeError(error, home);
      }
    },
    async latest() {
      for (const step of await stepsIn(base)) {
        const folder = path.join(base, String(step));
        try {
          const manifest = await verifyFolder(folder);
          if ("step" in manifest && manifest.step === step) return { step, folder };
          throw new PawlError("ARTIFACT_CORRUPT", "the manifest is that of another step");
        } catch (error) {
          // Another process may be removing it since it was listed: then it is not damaged, but gone.
          if (isMissing(error)) continue;
          if (!(error instanceof PawlError)) throw await storeError(error, home);
          if (await setAside(step)) options.onCorrupt({ step, reason: error.message });
        }
      }
      return undefined;
    },
    async clear() {
      if ((await namesIn(base)).length > 0) await discardFolder(home, base);
    },
  };
}

/** Steps of a stage key that have a checkpoint, newest first; whether they are whole is not checked. */
export function checkpointSteps(home: string, key: string): Promise<number[]> {
  return stepsIn(layout.checkpoints(home, key));
}

async function stepsIn(base: string): Promise<number[]> {
  const steps = (await namesIn(base)).filter((name) => /^\d+$/.test(name)).map(Number);
  return steps.sort((a, b) => b - a);
}

async function discard(home: string, base: string, steps: number[]): Promise<void> {
  for (const step of steps) await discardFolder(home, path.join(base, String(step)));
}

/** Removes a folder so that nobody ever sees half of it: out of the way first, then file by file. */
async function discardFolder(home: string, folder: string): Promise<void> {
  const grave = await temporaryFolder(home, "removal");
  try {
    await rename(folder, path.join(grave, "removed"));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await rm(grave, { recursive: true, force: true });
}
