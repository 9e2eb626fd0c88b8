import fs, { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { mapBounded } from "../../../platform/map-bounded.js";
import { layout } from "../../../store/home.js";
import { exportMark } from "../../../platform/containment.js";
import { completeReplacements, replaceDirectory } from "../../../store/artifacts/owned-directory.js";
import { useDirectory } from "../../support/directory.js";
import { runChild } from "./children.js";

// Processes of their own take their time on a busy machine.
const directory = useDirectory();
const home = (): string => path.join(directory(), "project", ".pawl");
const project = (): string => path.join(directory(), "project");
const target = (): string => path.join(project(), "out", "model");
beforeEach(() => mkdirSync(home(), { recursive: true }));
afterEach(() => jest.restoreAllMocks());

function replace(text: string, to = target(), confirm = async () => {}, own = home()): Promise<void> {
  const write = async (directory: string): Promise<void> => {
    for (const name of ["config.json", "weights"]) writeFileSync(path.join(directory, name), `${name}: ${text}`);
  };
  return replaceDirectory(own, { target: to, keep: [path.dirname(own)], write, confirm });
}

/** What a directory says, where it is whole. */
function textOf(directory = target()): string {
  expect(readdirSync(directory).sort()).toEqual([exportMark, "config.json", "weights"]);
  const [config, weights] = ["config.json", "weights"].map((name) => readFileSync(path.join(directory, name), "utf8"));
  const text = config!.replace("config.json: ", "");
  expect(weights).toBe(`weights: ${text}`);
  return text;
}

/** No journal, no directory half made. */
function expectNothingBeside(own = home(), to = target()): void {
  const beside = existsSync(path.dirname(to)) ? readdirSync(path.dirname(to)) : [];
  expect(beside.filter((name) => name !== "model")).toEqual([]);
  expect(existsSync(layout.exports(own)) ? readdirSync(layout.exports(own)) : []).toEqual([]);
}

test("a directory that such a call has made is replaced, and so is an empty one", async () => {
  mkdirSync(target(), { recursive: true });
  await replace("one");
  expect(textOf()).toBe("one");
  await replace("two");
  expect(textOf()).toBe("two");
  expectNothingBeside();
});

test("whoever may enter the directory above may read the new one", async () => {
  const mask = process.umask(0o022);
  try {
    await replace("one");
    expect(fs.statSync(target()).mode & 0o777).toBe(0o755);
  } finally {
    process.umask(mask);
  }
});

describe("is refused, and nothing is touched:", () => {
  const everything = (): string[] =>
    (readdirSync(directory(), { recursive: true }) as string[]).filter((name) => !name.includes(".pawl/")).sort();
  const refused = async (to: string): Promise<void> => {
    const before = everything();
    await expect(replace("new", to)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(everything()).toEqual(before);
  };

  test.each(["src", ".git", "src/inner"])("somebody's directory %s", async (name) => {
    mkdirSync(path.join(project(), name), { recursive: true });
    writeFileSync(path.join(project(), name, "file"), "work of weeks");
    await refused(path.join(project(), name));
    expect(readFileSync(path.join(project(), name, "file"), "utf8")).toBe("work of weeks");
  });
  test.each<[string, (directory: string) => void]>([
    ["another file in it", (directory) => writeFileSync(path.join(directory, "notes.txt"), "mine")],
    ["another directory in it", (directory) => mkdirSync(path.join(directory, "mine"))],
    ["a link in it", (directory) => symlinkSync("/etc", path.join(directory, "link"))],
    ["a file of it edited", (directory) => writeFileSync(path.join(directory, "config.json"), "edited")],
    ["a damaged mark", (directory) => writeFileSync(path.join(directory, exportMark), "{}")],
  ])("%s", async (_, change) => {
    await replace("one");
    change(target());
    await refused(target());
  });
  test("a file of that name", async () => {
    mkdirSync(path.dirname(target()));
    writeFileSync(target(), "a file");
    await refused(target());
  });
  test("PAWL_HOME, what is in it, and what holds it or the project", async () => {
    for (const to of [home(), path.join(home(), "store"), path.join(home(), "new"), project(), directory(), "/"])
      await refused(to);
  });
  test("an attempt that may no longer export", async () => {
    await replace("one");
    await expect(replace("two", target(), () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
    expect(textOf()).toBe("one");
    expectNothingBeside();
  });
});

test.each(["new", "old"])(
  "a rename to the %s one's name that the system refuses leaves one of them, whole",
  async (which) => {
    await replace("one");
    const { rename } = fs.promises;
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    let refusals = 1;
    jest.spyOn(fs.promises, "rename").mockImplementation(async (from, to) => {
      const concerned = String(which === "new" ? to : from) === target();
      if (concerned && refusals-- > 0) throw full;
      return rename(from, to);
    });
    await expect(replace("two")).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(["one", "two"]).toContain(textOf());
    expectNothingBeside();
  },
);

/**
 * Kills a process before each of the calls that replacing a directory makes, four at a time, each
 * in a project of its own.
 */
async function killBeforeEachCall(first: string | undefined): Promise<(string | undefined)[]> {
  const begin = async (name: string): Promise<{ home: string; to: string }> => {
    const [home, to] = [path.join(directory(), name, ".pawl"), path.join(directory(), name, "out", "model")];
    mkdirSync(home, { recursive: true });
    if (first !== undefined) await replace(first, to, async () => {}, home);
    return { home, to };
  };
  const whole = await begin("whole");
  const { output } = await runChild("replace-and-die.ts", whole.home, whole.to, "0");
  expect(output).toMatch(/^\d+$/);
  const calls = Array.from({ length: Number(output) }, (_, i) => i + 1);
  return mapBounded(calls, 4, async (nth) => {
    const { home, to } = await begin(String(nth));
    const outcome = await runChild("replace-and-die.ts", home, to, String(nth));
    expect(outcome).toMatchObject({ signal: "SIGKILL" });
    await completeReplacements(home);
    expectNothingBeside(home, to);
    return existsSync(to) ? textOf(to) : undefined;
  });
}

test.each([["old"], [undefined]])(
  "a process killed before any call leaves the directory as before (%s) or the new one, whole, once the next start has completed it",
  async (before) => {
    const left = await killBeforeEachCall(before);
    // Early kills leave what was there, late ones the new one, and there is no way back in between.
    expect(new Set(left)).toEqual(new Set([before, "new"]));
    expect(left.indexOf("new")).toBe(left.lastIndexOf(before) + 1);
  },
);

test("one that cannot be completed keeps nobody else from theirs, and is completed later", async () => {
  const other = path.join(project(), "other", "model");
  const { output } = await runChild("replace-and-die.ts", home(), path.join(project(), "whole", "model"), "0");
  const middle = String(Math.floor(Number(output) / 2));
  await runChild("replace-and-die.ts", home(), target(), middle);
  const { lstatSync } = fs;
  const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  jest.spyOn(fs, "lstatSync").mockImplementation(((name: string) => {
    if (name === target()) throw denied;
    return lstatSync(name);
  }) as typeof lstatSync);
  await replace("another", other);
  expect(textOf(other)).toBe("another");
  expect(said.mock.calls.join("")).toContain(`${target()}: an export that was interrupted cannot be completed`);
  expect(readdirSync(layout.exports(home()))).toHaveLength(1);
  jest.restoreAllMocks();
  await completeReplacements(home());
  expectNothingBeside();
});

test("two at the same time leave one of them, whole", async () => {
  await Promise.all(["one", "two", "three", "four"].map((text) => replace(text)));
  expect(["one", "two", "three", "four"]).toContain(textOf());
  expectNothingBeside();
  const processes = ["five", "six", "seven"].map((text) => runChild("replace-and-die.ts", home(), target(), "0", text));
  for (const outcome of await Promise.all(processes)) expect(outcome).toMatchObject({ code: 0 });
  expect(["five", "six", "seven"]).toContain(textOf());
  expectNothingBeside();
});
