import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { piecesDigest } from "../digests.js";
import { PawlError } from "../errors.js";
import { packageRoot } from "./locations.js";

/**
 * Files that change with the program: the digest of all that is compiled, which is written after it
 * (scripts/setup/compile.mjs); the studio's program, which names the others by their content; what
 * pins packages and binaries.
 */
const identifying = ["dist/build.txt", "dist/studio/page/main.js", "package-lock.json", "node_modules/.pawl.json"];

/** SHA-256 over the compiled program and what it runs with: equal digests mean the same program. */
export function buildDigest(root = packageRoot()): string {
  return piecesDigest(
    programFiles(root).flatMap((name) => {
      const content = readFileSync(path.join(root, name));
      return [`${name} ${content.length}\n`, content];
    }),
  );
}

/**
 * The build that this process was started from. Undefined in commands and tests, which do not
 * record it.
 */
let started: { root: string; digest: string; signature: string } | undefined;

/**
 * Records the build that this process is started from. Call it before loading anything else: code
 * that is loaded later may be of another version and would record its results under this version's
 * keys.
 */
export function noteBuild(root = packageRoot()): void {
  started = { root, signature: signature(root), digest: buildDigest(root) };
}

/**
 * Whether the program's files have been replaced since this process was started. Rereads them only
 * if a size or time has changed. A missing file counts as replaced.
 */
export function isBuildReplaced(): boolean {
  if (started === undefined) return false;
  try {
    const now = signature(started.root);
    if (now === started.signature) return false;
    if (buildDigest(started.root) !== started.digest) return true;
    started.signature = now;
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}

/**
 * Call it after loading code while the process runs.
 * @throws PawlError PREEMPTED if the code may be of a different version
 */
export function refuseReplacedBuild(): void {
  if (isBuildReplaced())
    throw new PawlError(
      "PREEMPTED",
      "Pawl was updated while this worker ran: its process ends, and one of the new version replaces it",
      {
        where: started!.root,
        next: "nothing: the next attempt runs the new version",
      },
    );
}

/**
 * Call it when loading code has failed: an update may have removed the file.
 * @throws PawlError PREEMPTED after an update; otherwise the given error
 */
export function failedToLoad(error: unknown): never {
  refuseReplacedBuild();
  throw error;
}

function programFiles(root: string): string[] {
  return identifying.filter((name) => existsSync(path.join(root, name)));
}

function signature(root: string): string {
  const states = programFiles(root).map((name) => {
    const { size, mtimeMs, ctimeMs, ino } = statSync(path.join(root, name));
    return `${name} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  });
  return states.join("\n");
}
