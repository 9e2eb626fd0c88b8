import fs, { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { layout } from "../../../store/home.js";
import { exportMark } from "../../../platform/containment.js";
import { completeReplacements } from "../../../store/artifacts/owned-directory.js";
import { useDirectory } from "../../support/directory.js";
import { runChild } from "./children.js";
import { expectNothingBeside, expectWholeAfterKills, replaceWith, textOf } from "./owned-directory.js";

// Processes of their own take their time on a busy machine.
const directory = useDirectory();
const home = (): string => path.join(directory(), "project", ".pawl");
const project = (): string => path.join(directory(), "project");
const target = (): string => path.join(project(), "out", "model");
beforeEach(() => mkdirSync(home(), { recursive: true }));
afterEach(() => jest.restoreAllMocks());

function replace(text: string, to = target(), confirm = async () => {}): Promise<void> {
  return replaceWith(text, to, home(), confirm);
}

test("a directory that such a call has made is replaced, and so is an empty one", async () => {
  mkdirSync(target(), { recursive: true });
  await replace("one");
  expect(textOf(target())).toBe("one");
  await replace("two");
  expect(textOf(target())).toBe("two");
  expectNothingBeside(home(), target());
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
    expect(textOf(target())).toBe("one");
    expectNothingBeside(home(), target());
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
    expect(["one", "two"]).toContain(textOf(target()));
    expectNothingBeside(home(), target());
  },
);

test.each([["old"], [undefined]])(
  "a process killed before some calls leaves the directory as before (%s) or the new one, whole, once the next start has completed it",
  (before) => expectWholeAfterKills(directory(), before, 4),
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
  expectNothingBeside(home(), target());
});

test("two at the same time leave one of them, whole", async () => {
  await Promise.all(["one", "two", "three", "four"].map((text) => replace(text)));
  expect(["one", "two", "three", "four"]).toContain(textOf(target()));
  expectNothingBeside(home(), target());
  const processes = ["five", "six", "seven"].map((text) => runChild("replace-and-die.ts", home(), target(), "0", text));
  for (const outcome of await Promise.all(processes)) expect(outcome).toMatchObject({ code: 0 });
  expect(["five", "six", "seven"]).toContain(textOf(target()));
  expectNothingBeside(home(), target());
});
