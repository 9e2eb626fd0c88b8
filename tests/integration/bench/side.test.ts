import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { builtDirectory, ourSide, requireBench, theirSide } from "../../../bench/against/side.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const signal = new AbortController().signal;
const refusal = (code: string, message: RegExp): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

function git(...args: string[]): string {
  const name = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
  return execFileSync("git", ["-C", directory(), ...name, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
}

/** A repository with one commit: a bench, and a set-up that runs `setup`. */
function commitRepository(setup: string): void {
  for (const name of ["bench", "scripts"]) mkdirSync(path.join(directory(), name));
  writeFileSync(path.join(directory(), "bench", "fast.ts"), "");
  writeFileSync(path.join(directory(), "bench", "harness.ts"), "");
  writeFileSync(path.join(directory(), "package-lock.json"), "{}");
  writeFileSync(path.join(directory(), "scripts", "setup.mjs"), setup);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
}

it("takes a commit by any of its names", () => {
  commitRepository("");
  const id = git("rev-parse", "HEAD");
  const side = { name: "theirs", label: id.slice(0, 7), commit: id, tree: git("rev-parse", "HEAD^{tree}") };
  expect(theirSide(directory(), "HEAD")).toEqual(side);
  expect(theirSide(directory(), id.slice(0, 9))).toEqual(side);
});

it("takes the files of the checkout as they are, without touching its index", () => {
  commitRepository("");
  expect(ourSide(directory())).toMatchObject({ label: git("rev-parse", "HEAD").slice(0, 7) });
  writeFileSync(path.join(directory(), "bench", "new.ts"), "");
  const changed = ourSide(directory());
  expect(changed.label).toMatch(/^[0-9a-f]{7} with changes$/);
  expect(git("ls-tree", "-r", "--name-only", changed.tree).split("\n")).toContain("bench/new.ts");
  expect(git("status", "--porcelain")).toBe("?? bench/new.ts");
});

it("does not count what benches have written: a command that is called again resumes", () => {
  commitRepository("");
  const before = ourSide(directory());
  mkdirSync(path.join(directory(), "bench", "results"));
  writeFileSync(path.join(directory(), "bench", "results", "against-fast.json"), "{}");
  expect(ourSide(directory())).toEqual(before);
});

it("refuses an unknown commit, a directory without git, and a bench that the commit lacks", () => {
  expect(() => theirSide(directory(), "HEAD")).toThrow(refusal("SETUP_FAILED", /needs a git checkout/));
  commitRepository("");
  expect(() => theirSide(directory(), "nowhere")).toThrow(refusal("INPUT_INVALID", /git knows no commit nowhere/));
  expect(() => theirSide(directory(), "--all")).toThrow(refusal("INPUT_INVALID", /git knows no commit --all/));
  const side = theirSide(directory(), "HEAD");
  requireBench(directory(), side, "fast");
  requireBench(directory(), side, "test");
  expect(() => requireBench(directory(), side, "slow")).toThrow(refusal("INPUT_INVALID", /has no bench slow/));
  const names = expect.objectContaining({ expected: "one of: test, fast" }) as object;
  expect(() => requireBench(directory(), side, "slow")).toThrow(expect.objectContaining({ facts: names }) as Error);
});

it("builds a commit once, with the changes of the checkout", async () => {
  commitRepository('import { appendFileSync } from "node:fs"; appendFileSync("built", "once");');
  writeFileSync(path.join(directory(), "bench", "new.ts"), "changed");
  writeFileSync(path.join(directory(), ".git", "info", "exclude"), "base\n");
  const side = ourSide(directory());
  const base = path.join(directory(), "base");
  const built = await builtDirectory(directory(), side, base, signal);
  expect(await builtDirectory(directory(), side, base, signal)).toBe(built);
  const read = (name: string): string => execFileSync("cat", [path.join(built, name)], { encoding: "utf8" });
  expect([read("built"), read("bench/new.ts")]).toEqual(["once", "changed"]);
  expect(execFileSync("git", ["-C", built, "rev-parse", "HEAD"], { encoding: "utf8" }).trim()).toBe(side.commit);
});

it("shows why a commit does not build, and tries again the next time", async () => {
  commitRepository('console.log("no compiler"); process.exit(1);');
  const base = path.join(directory(), "base");
  const build = (): Promise<string> => builtDirectory(directory(), theirSide(directory(), "HEAD"), base, signal);
  for (const _ of [1, 2]) await expect(build()).rejects.toThrow(refusal("SETUP_FAILED", /does not build\nno compiler/));
});

it("links the packages of the checkout where the lock files are the same", async () => {
  commitRepository("");
  mkdirSync(path.join(directory(), "node_modules"));
  writeFileSync(path.join(directory(), "node_modules", "package"), "installed");
  writeFileSync(path.join(directory(), ".git", "info", "exclude"), "base\nnode_modules\n");
  const base = path.join(directory(), "base");
  const linked = path.join(
    await builtDirectory(directory(), ourSide(directory()), base, signal),
    "node_modules",
    "package",
  );
  expect(statSync(linked).ino).toBe(statSync(path.join(directory(), "node_modules", "package")).ino);
  writeFileSync(path.join(directory(), "package-lock.json"), '{ "other": true }');
  git("add", "--all");
  git("commit", "--quiet", "--message", "other packages");
  const older = await builtDirectory(directory(), theirSide(directory(), "HEAD~1"), `${base}/older`, signal);
  expect(existsSync(path.join(older, "node_modules"))).toBe(false);
});
