import { storeError } from "./errors.js";
import { readJson, writeFileWhole } from "./files.js";
import { layout } from "./home.js";
import { canonicalJson } from "./canonical.js";
import type { StageIdentity } from "./results.js";

/** Remembers what a stage of a pipeline last had as its identity, so that `plan` can say what has changed since. */
export async function recordLatest(home: string, pipeline: string, stage: string, now: StageIdentity): Promise<void> {
  const { uses, version, with: settings, seed, compute, source } = now;
  try {
    await writeFileWhole(
      layout.latest(home, pipeline, stage),
      canonicalJson({ uses, version, with: settings, seed, compute, source }),
    );
  } catch (error) {
    throw await storeError(error, home);
  }
}

/** The identity a stage of a pipeline had when it last succeeded; undefined when it never did. */
export async function findLatest(home: string, pipeline: string, stage: string): Promise<StageIdentity | undefined> {
  try {
    return (await readJson(layout.latest(home, pipeline, stage))) as StageIdentity | undefined;
  } catch (error) {
    throw await storeError(error, home);
  }
}
