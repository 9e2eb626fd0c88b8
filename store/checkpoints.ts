import { rm } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { PawlError } from "../platform/errors.js";
import type { Checkpoints } from "../schemas/stage-run.js";
import { isMissing, storeError } from "./errors.js";
import { layout } from "./home.js";
import { verifyDirectory } from "./artifacts/manifest.js";
import {
  discard,
  fillDirectory,
  moveAside,
  moveIntoPlace,
  sealFilled,
  type FilledDirectory,
} from "./artifacts/sealed-directory.js";
import { namesIn, sometimesRemoveLeftovers, temporaryDirectory } from "./temporary.js";
import { touch } from "./touch.js";
import type { Hardware } from "./records/record-types.js";

export type { Checkpoints };

export interface CheckpointOptions {
  /** Number of complete checkpoints to keep; at least 1. */
  keep: number;
  /** Called for each damaged checkpoint that was skipped. */
  onCorrupt: (found: { step: number; reason: string }) => void;
  /**
   * Called right before a checkpoint gets its final name. Throws if this process may no longer save
   * checkpoints.
   */
  confirm?: () => Promise<void>;
  /** The hardware of this process; kept with each checkpoint. */
  hardware?: Hardware;
  /** Called for a checkpoint that was saved on other hardware. */
  onOtherHardware?: (found: { step: number; before: Hardware; now: Hardware }) => void;
}

/** The checkpoints of a stage key. Two processes may save the same step at the same time. */
export function openCheckpoints(home: string, key: string, options: CheckpointOptions): Checkpoints {
  const base = layout.checkpoints(home, key);
  const setAside = (step: number): Promise<boolean> =>
    moveAside(path.join(base, String(step)), path.join(base, `corrupt-${step}-${Date.now()}-${process.pid}`));

  function compareHardware(step: number, before: Hardware | undefined): void {
    const { hardware: now, onOtherHardware } = options;
    if (before && now && !isDeepStrictEqual(before, now)) onOtherHardware?.({ step, before, now });
  }

  /**
   * Finds the newest complete checkpoint of these steps. Returns "gone" if there is none but
   * another process was removing some, so newer ones may exist.
   */
  async function newestComplete(
    steps: readonly number[],
  ): Promise<Awaited<ReturnType<Checkpoints["latest"]>> | "gone"> {
    let gone = false;
    for (const step of steps) {
      const directory = path.join(base, String(step));
      try {
        const manifest = await verifyDirectory(directory);
        if ("step" in manifest && manifest.step === step) {
          compareHardware(step, manifest.hardware);
          if (touch(directory)) return { step, directory };
          gone = true;
          continue;
        }
        throw new PawlError("ARTIFACT_CORRUPT", "the manifest belongs to another step");
      } catch (error) {
        if (isMissing(error)) gone = true;
        else if (!(error instanceof PawlError)) throw storeError(error, home);
        else if (await setAside(step)) options.onCorrupt({ step, reason: error.message });
        else gone = true;
      }
    }
    return gone ? "gone" : undefined;
  }

  async function confirmed(filled: FilledDirectory): Promise<void> {
    try {
      await options.confirm?.();
    } catch (error) {
      await discard(filled);
      throw error;
    }
  }

  return {
    async save(step, write) {
      if (!Number.isSafeInteger(step) || step < 0)
        throw new PawlError("INTERNAL", `a checkpoint cannot be saved at step ${step}`);
      try {
        await sometimesRemoveLeftovers(home);
        const { hardware } = options;
        const filled = await fillDirectory(home, { step, ...(hardware && { hardware }) }, write);
        await sealFilled(filled);
        await confirmed(filled);
        await moveIntoPlace(filled, path.join(base, String(step)), () => setAside(step));
        await removeSteps(home, base, (await stepsIn(base)).slice(Math.max(1, options.keep)).map(String));
      } catch (error) {
        throw storeError(error, home);
      }
    },
    async latest() {
      for (;;) {
        const found = await newestComplete(await stepsIn(base));
        if (found !== "gone") return found;
      }
    },
    async clear() {
      // The directory itself stays: another process may be renaming a checkpoint into it.
      await removeSteps(home, base, namesIn(base));
    },
  };
}

/**
 * Steps of a stage key that have a checkpoint, newest first; whether they are complete is not
 * checked.
 */
export function checkpointSteps(home: string, key: string): Promise<number[]> {
  return stepsIn(layout.checkpoints(home, key));
}

/**
 * Whether an error says that a checkpoint no longer exists: another process that works under the
 * same key has saved newer ones, or has finished the stage.
 */
export function isCheckpointGone(error: unknown, home: string): boolean {
  const { path: file } = error as { path?: unknown };
  return isMissing(error) && typeof file === "string" && file.startsWith(layout.allCheckpoints(home) + path.sep);
}

async function stepsIn(base: string): Promise<number[]> {
  const steps = namesIn(base)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return steps.sort((a, b) => b - a);
}

/**
 * Removes directories so that no process ever sees a partial one: moves them away first, then
 * removes file by file.
 */
async function removeSteps(home: string, base: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const grave = await temporaryDirectory(home, "removal");
  try {
    for (const name of names) await moveAside(path.join(base, name), path.join(grave, name));
  } finally {
    await rm(grave, { recursive: true, force: true });
  }
}
