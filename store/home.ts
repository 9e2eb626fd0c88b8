import path from "node:path";
import { sha256 } from "../platform/digests.js";

/** The folder that holds everything Pawl keeps: `PAWL_HOME`, else `.pawl` in the working folder. */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env, workingFolder = process.cwd()): string {
  return path.resolve(workingFolder, environment["PAWL_HOME"] || ".pawl");
}

/** Where each thing lies below the home folder. */
export const layout = {
  objects: (home: string) => path.join(home, "store", "objects"),
  object: (home: string, digest: string) => path.join(home, "store", "objects", digest),
  corrupt: (home: string) => path.join(home, "store", "corrupt"),
  temporary: (home: string) => path.join(home, "store", "tmp"),
  exports: (home: string) => path.join(home, "store", "exports"),
  /** Two copies. */
  identity: (home: string): [string, string] => [
    path.join(home, "store", "identity.json"),
    path.join(home, "store", "identity-copy.json"),
  ],
  source: (home: string, file: string) => path.join(home, "store", "sources", `${sha256(file)}.json`),
  metrics: (home: string, key: string) => path.join(home, "store", "metrics", safeName(key)),
  result: (home: string, key: string) => path.join(home, "store", "results", `${safeName(key)}.json`),
  latest: (home: string, pipeline: string, stage: string) =>
    path.join(home, "store", "latest", safeName(pipeline), `${safeName(stage)}.json`),
  allCheckpoints: (home: string) => path.join(home, "store", "checkpoints"),
  checkpoints: (home: string, key: string) => path.join(layout.allCheckpoints(home), safeName(key)),
  runs: (home: string) => path.join(home, "runs"),
  run: (home: string, runId: string) => path.join(home, "runs", safeName(runId)),
  lease: (home: string, runId: string, stage: string) =>
    path.join(home, "runs", safeName(runId), "leases", safeName(stage)),
  log: (home: string, runId: string) => path.join(home, "runs", safeName(runId), "log"),
};

/**
 * A name from outside (workflow ids may hold any character) as one file name: no separators, no leading dot,
 * at most 200 characters, different for different names.
 */
export function safeName(name: string): string {
  const loneSurrogates = /\p{Cs}/gu;
  const encoded = encodeURIComponent(name.replace(loneSurrogates, "")).replace(/^\./, "%2E").replaceAll("*", "%2A");
  const faithful = encoded.length > 0 && encoded.length <= 200 && !loneSurrogates.test(name);
  return faithful ? encoded : `${encoded.slice(0, 130)}-${sha256(JSON.stringify(name))}`;
}
