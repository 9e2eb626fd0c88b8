import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { lastLines, runCommand } from "./command.js";
import { linkedCopy } from "./linked-copy.js";
import type { SideName } from "./rounds.js";

/** One version of this repository, in its own directory. */
export interface Side {
  name: SideName;
  /** What is printed: "117143e", "5d15c81 with changes". */
  label: string;
  /** Its commit, or the one that its changes are based on. */
  commit: string;
  /** Git's id of all its files: names the directory. */
  tree: string;
}

/** Git's output in a repository. Throws if git fails. */
function git(repository: string, args: string[], environment: Record<string, string> = {}): string {
  const env = { ...process.env, ...environment };
  return execFileSync("git", args, { cwd: repository, encoding: "utf8", stdio: "pipe", env }).trim();
}

function succeeds(repository: string, ...args: string[]): boolean {
  return spawnSync("git", args, { cwd: repository, stdio: "ignore" }).status === 0;
}

/**
 * A commit of a repository as the other side.
 * @throws PawlError INPUT_INVALID for an unknown commit, SETUP_FAILED outside a git checkout
 */
export function theirSide(repository: string, commit: string): Side {
  if (!succeeds(repository, "rev-parse", "--git-dir"))
    throw new PawlError("SETUP_FAILED", "bench against needs a git checkout of Pawl", {
      where: repository,
      next: "clone the repository, and measure there",
    });
  const wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`];
  if (!succeeds(repository, ...wanted))
    throw new PawlError("INPUT_INVALID", `git knows no commit ${commit}`, {
      where: repository,
      expected: "a commit, branch or tag of this repository",
      got: commit,
      next: "look it up with `git log --oneline`; in a shallow clone, `git fetch --unshallow` first",
    });
  const id = git(repository, wanted);
  const tree = git(repository, ["rev-parse", `${id}^{tree}`]);
  return { name: "theirs", label: id.slice(0, 7), commit: id, tree };
}

/**
 * The files of a checkout as they are now: untracked files count, ignored ones and the results of
 * benches do not.
 */
export function ourSide(repository: string): Side {
  const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-index-"));
  try {
    const index = path.join(directory, "index");
    copyFileSync(path.resolve(repository, git(repository, ["rev-parse", "--git-path", "index"])), index);
    git(repository, ["add", "--all", "--", ".", ":!bench/results"], { GIT_INDEX_FILE: index });
    const tree = git(repository, ["write-tree"], { GIT_INDEX_FILE: index });
    const commit = git(repository, ["rev-parse", "HEAD"]);
    const changed = tree !== git(repository, ["rev-parse", "HEAD^{tree}"]);
    return { name: "ours", label: `${commit.slice(0, 7)}${changed ? " with changes" : ""}`, commit, tree };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Refuses a bench that a side cannot run, before anything is built.
 * @param name `test`, or a bench
 * @throws PawlError INPUT_INVALID
 */
export function requireBench(repository: string, { label, tree }: Side, name: string): void {
  if (name === "test" || succeeds(repository, "cat-file", "-e", `${tree}:bench/${name}.ts`)) return;
  const files = git(repository, ["ls-tree", "--name-only", tree, "bench/"]).split("\n");
  throw new PawlError("INPUT_INVALID", `commit ${label} has no bench ${name}`, {
    where: `${label}:bench/`,
    expected: `one of: ${benchNames(files.map((file) => path.basename(file))).join(", ")}`,
    got: name,
    next: "choose a bench that both sides have, or another commit",
  });
}

/** What a turn may run, given the files in bench/. */
export function benchNames(files: readonly string[]): string[] {
  const names = files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3));
  return ["test", ...names.filter((name) => name !== "harness" && name !== "against")];
}

/**
 * The directory of a side below `base`, built on first use: a clone that borrows the repository's
 * objects, with packages as its lock file says (hard links to those of the repository's checkout if
 * its lock file is the same) and its own dist.
 * @throws PawlError SETUP_FAILED with the end of the log; the signal's reason
 */
export async function builtDirectory(
  repository: string,
  side: Side,
  base: string,
  signal: AbortSignal,
): Promise<string> {
  const directory = path.join(base, side.tree.slice(0, 12));
  if (existsSync(directory)) return directory;
  const logFile = path.join(base, `${side.tree.slice(0, 12)}.log`);
  mkdirSync(base, { recursive: true });
  const temporary = mkdtempSync(`${directory}.part-`);
  try {
    checkOut(repository, side, temporary);
    linkPackages(repository, temporary);
    const args = ["scripts/setup.mjs"];
    const { code } = await runCommand({ program: process.execPath, args, directory: temporary, logFile, signal });
    if (code !== 0) throw doesNotBuild(side, logFile);
    renameSync(temporary, directory);
    return directory;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function checkOut(repository: string, { commit, tree }: Side, directory: string): void {
  const source = path.resolve(repository, git(repository, ["rev-parse", "--git-common-dir"]));
  git(repository, ["clone", "--quiet", "--shared", "--no-checkout", source, directory]);
  git(directory, ["update-ref", "--no-deref", "HEAD", commit]);
  git(directory, ["read-tree", "--reset", "-u", tree]);
}

/** Where the lock files differ, set-up installs the packages. */
function linkPackages(repository: string, directory: string): void {
  const lock = (root: string): string => readFileSync(path.join(root, "package-lock.json"), "utf8");
  const packages = path.join(repository, "node_modules");
  if (existsSync(packages) && lock(directory) === lock(repository))
    linkedCopy(packages, path.join(directory, "node_modules"));
}

function doesNotBuild({ label }: Side, logFile: string): PawlError {
  return new PawlError("SETUP_FAILED", `commit ${label} does not build\n${lastLines(logFile)}`, {
    where: logFile,
    next: "fix what the log names, or choose another commit",
  });
}
