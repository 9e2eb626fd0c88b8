import fs, { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { layout } from "../../../store/home.js";
import { completeReplacements, markName, replaceDirectory } from "../../../store/owned-directory.js";
import { useFolder } from "../../support/folder.js";
import { runChild } from "./children.js";

// Processes of their own take their time on a busy machine.
jest.setTimeout(600_000);
const folder = useFolder();
const home = (): string => path.join(folder(), "project", ".pawl");
const project = (): string => path.join(folder(), "project");
const target = (): string => path.join(project(), "out", "model");
beforeEach(() => mkdirSync(home(), { recursive: true }));
afterEach(() => jest.restoreAllMocks());

function replace(text: string, to = target(), confirm = async () => {}): Promise<void> {
  const write = async (directory: string): Promise<void> => {
    for (const name of ["config.json", "weights"]) writeFileSync(path.join(directory, name), `${name}: ${text}`);
  };
  return replaceDirectory(home(), { target: to, keep: [project()], write, confirm });
}

/** What a directory says, where it is whole. */
function textOf(directory = target()): string {
  expect(readdirSync(directory).sort()).toEqual([markName, "config.json", "weights"]);
  const [config, weights] = ["config.json", "weights"].map((name) => readFileSync(path.join(directory, name), "utf8"));
  const text = config!.replace("config.json: ", "");
  expect(weights).toBe(`weights: ${text}`);
  return text;
}

/** No journal, no directory half made. */
function expectNothingBeside(): void {
  expect(readdirSync(path.dirname(target())).filter((name) => name !== "model")).toEqual([]);
  expect(existsSync(layout.exports(home())) ? readdirSync(layout.exports(home())) : []).toEqual([]);
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
    (readdirSync(folder(), { recursive: true }) as string[]).filter((name) => !name.includes(".pawl/")).sort();
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
    ["a damaged mark", (directory) => writeFileSync(path.join(directory, markName), "{}")],
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
    for (const to of [home(), path.join(home(), "store"), path.join(home(), "new"), project(), folder(), "/"])
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

test("a process killed before any call leaves the old directory or the new one, whole, once the next start has completed it", async () => {
  await replace("old");
  const whole = await runChild("replace-and-die.ts", home(), target(), "0");
  expect(whole).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+$/) });
  const left: string[] = [];
  for (let nth = 1; nth <= Number(whole.output); nth += 1) {
    const before = textOf();
    const fresh = `after kill ${nth}`;
    expect(await runChild("replace-and-die.ts", home(), target(), String(nth), fresh)).toMatchObject({
      signal: "SIGKILL",
    });
    await completeReplacements(home());
    expectNothingBeside();
    expect([before, fresh]).toContain(textOf());
    left.push(textOf() === fresh ? "new" : "old");
  }
  // Early kills leave the old one, late ones the new one.
  expect(new Set(left)).toEqual(new Set(["old", "new"]));
  expect([...left].sort().reverse()).toEqual(left);
});

test("the first export, killed before any call, leaves none or the new one", async () => {
  const first = await runChild("replace-and-die.ts", home(), target(), "0");
  for (let nth = 1; nth <= Number(first.output); nth += 3) {
    fs.rmSync(target(), { recursive: true, force: true });
    await runChild("replace-and-die.ts", home(), target(), String(nth), "new");
    await completeReplacements(home());
    if (existsSync(target())) expect(textOf()).toBe("new");
    expectNothingBeside();
  }
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
