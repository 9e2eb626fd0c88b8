import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { piecesDigest } from "./digests.js";
import { PawlError } from "./errors.js";
import { packageRoot } from "./locations.js";

/** What says which packages and binaries the program runs with. */
const pins = ["package-lock.json", path.join("node_modules", ".pawl.json")];
/** Made from the rest when a worker starts. */
const derived = "workflow-bundle.js";

/** SHA-256 over the compiled program and what it runs with: equal digests, the same program. */
export function buildDigest(root = packageRoot()): string {
  return piecesDigest(
    programFiles(root).flatMap((name) => {
      const content = readFileSync(path.join(root, name));
      return [`${name} ${content.length}\n`, content];
    }),
  );
}

/** What this process was started from; undefined where nobody noted it (a command, a test). */
let started: { root: string; digest: string; signature: string } | undefined;

/**
 * Notes the build that this process is started from. To be called before anything else of the program is loaded: code
 * loaded later may be of a different version, and would compute under the keys of this one.
 */
export function noteBuild(root = packageRoot()): void {
  started = { root, signature: signature(root), digest: buildDigest(root) };
}

/**
 * Whether the program's files are no longer those that this process was started from. They are read again only where one
 * has another size or time; one that is missing just now counts as replaced.
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

/** To be called once code has been loaded late. @throws PawlError PREEMPTED where it may be another build's */
export function refuseReplacedBuild(): void {
  if (isBuildReplaced())
    throw new PawlError(
      "PREEMPTED",
      "Pawl was updated under this worker: its process ends, and one of the new build follows",
      {
        where: started!.root,
        next: "nothing: the next attempt runs the new build",
      },
    );
}

function programFiles(root: string): string[] {
  const program = readdirSync(path.join(root, "dist"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js") && name !== derived && !name.startsWith("bench"))
    .map((name) => path.join("dist", name));
  return [...program.sort(), ...pins.filter((name) => existsSync(path.join(root, name)))];
}

function signature(root: string): string {
  const states = programFiles(root).map((name) => {
    const { size, mtimeMs, ctimeMs, ino } = statSync(path.join(root, name));
    return `${name} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  });
  return states.join("\n");
}
