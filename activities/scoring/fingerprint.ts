import path from "node:path";
import type { Judge, Verifier } from "../../schemas/stages/scoring.js";
import { fileDigest, listDigest } from "../../platform/digests.js";
import { filesBelow } from "../dataset/paths.js";

/** Settings of a stage that may have rules. */
export interface WithRules {
  verifiers?: Verifier[];
  judge?: Judge;
}

/**
 * What the modules of a stage's verifiers and judge hold now, for the stage's key; of what they import nothing. Null where
 * there are none, and for what cannot be read: the stage says so when it runs.
 */
export async function modulesFingerprint(settings: WithRules, workingFolder: string): Promise<string | null> {
  const rules = [...(settings.verifiers ?? []), ...(settings.judge ? [settings.judge] : [])];
  const paths = rules.flatMap((rule) => (rule.path === undefined ? [] : [rule.path]));
  if (paths.length === 0) return null;
  try {
    const names = (await Promise.all(paths.map((one) => filesBelow(workingFolder, one, "path")))).flat();
    const files = names.map(async (name) => ({
      name,
      sha256: (await fileDigest(path.join(workingFolder, name))).sha256,
    }));
    return listDigest(await Promise.all(files));
  } catch {
    return null;
  }
}
