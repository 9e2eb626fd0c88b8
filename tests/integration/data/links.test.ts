import fs, { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { filesBelow } from "../../../activities/dataset/sources/paths.js";
import { exportMark } from "../../../platform/containment.js";
import { useDirectory } from "../../support/directory.js";

const base = useDirectory();
const root = () => path.join(base(), "project");
const file = (name: string) => {
  mkdirSync(path.dirname(path.join(root(), name)), { recursive: true });
  writeFileSync(path.join(root(), name), name);
};
const link = (name: string, to: string) => {
  mkdirSync(path.dirname(path.join(root(), name)), { recursive: true });
  symlinkSync(to, path.join(root(), name));
};
async function found(pattern: string) {
  const skipped: string[][] = [];
  const names = await filesBelow(root(), pattern, "with.source.file", (name, why) => void skipped.push([name, why]));
  return { names, skipped };
}

beforeEach(() => {
  file("data/a.txt");
  file("shards/1/x.txt");
  mkdirSync(path.join(base(), "outside"));
  writeFileSync(path.join(base(), "outside", "secret.txt"), "");
});

test("links to files and directories inside are followed", async () => {
  link("data/b.txt", "../shards/1/x.txt");
  link("data/more", "../shards");
  expect(await found("data/**/*.txt")).toEqual({
    names: ["data/a.txt", "data/b.txt", "data/more/1/x.txt"],
    skipped: [],
  });
});

test("the part of a pattern before its star may be a link", async () => {
  link("newest", "shards/1");
  expect((await found("newest/*.txt")).names).toEqual(["newest/x.txt"]);
});

test("others are named: out of the directory, to nothing, to hidden places, and back to where they lie", async () => {
  file(".secret/key.txt");
  link("data/away.txt", "../../outside/secret.txt");
  link("data/far", "../../outside");
  link("data/gone.txt", "nothing");
  link("data/hidden.txt", "../.secret/key.txt");
  link("data/self", ".");
  const { names, skipped } = await found("data/**");
  expect(names).toEqual(["data/a.txt"]);
  expect(Object.fromEntries(skipped as [string, string][])).toEqual({
    "data/away.txt": "it leads out of the directory",
    "data/far": "it leads out of the directory",
    "data/gone.txt": "its target does not exist",
    "data/hidden.txt": "it leads to a place that is not searched",
    "data/self": "it leads back to a directory that contains it",
  });
});

describe("a link that the system cannot follow for a moment", () => {
  afterEach(() => void jest.restoreAllMocks());
  const refuse = (call: "realpath" | "stat", name: string, code: string) => {
    const real = fs.promises[call] as (file: string) => Promise<unknown>;
    let refused = 0;
    jest.spyOn(fs.promises, call).mockImplementation((async (file: string) => {
      if (path.basename(file) !== name || refused++ > 0) return real(file);
      throw Object.assign(new Error(`${code}: i/o error`), { code });
    }) as never);
  };

  test.each([
    ["realpath", "b.txt", "EIO"],
    ["realpath", "b.txt", "EACCES"],
    ["stat", "x.txt", "ESTALE"],
  ] as const)("is an error that is retried, and its rows are there again: %s of %s, %s", async (call, name, code) => {
    link("data/b.txt", "../shards/1/x.txt");
    refuse(call, name, code);
    await expect(found("data/*.txt")).rejects.toMatchObject({
      code: "DATA_UNREADABLE",
      facts: { where: "data/b.txt", got: code },
    });
    expect(await found("data/*.txt")).toEqual({ names: ["data/a.txt", "data/b.txt"], skipped: [] });
  });

  test("PAWL_HOME is not searched because the system does not find its place", async () => {
    file(".pawl/a.txt");
    refuse("realpath", ".pawl", "EIO");
    await expect(found("data/*.txt")).rejects.toMatchObject({ code: "DATA_UNREADABLE" });
  });
});

test("a circle of links leads to nothing", async () => {
  link("data/one.txt", "two.txt");
  link("data/two.txt", "one.txt");
  const { names, skipped } = await found("data/*.txt");
  expect(names).toEqual(["data/a.txt"]);
  expect(skipped.map(([, why]) => why)).toEqual(["its target does not exist", "its target does not exist"]);
  await expect(found("data/one.txt")).rejects.toMatchObject({ code: "DATA_MISSING" });
});

test("two links that lead to each other's directories end", async () => {
  link("data/to", "../shards");
  link("shards/back", "../data");
  const { names } = await found("data/**");
  expect(names).toEqual(["data/a.txt", "data/to/1/x.txt"]);
});

test("a pattern of many stars is searched in linear time", async () => {
  const name = `data/${"a".repeat(200)}.txt`;
  file(name);
  expect((await found(`data/${"*a".repeat(60)}.txt`)).names).toEqual([name]);
  await expect(found(`data/${"*a".repeat(60)}*b`)).rejects.toMatchObject({ code: "DATA_MISSING" });
});

describe("what an export has written", () => {
  beforeEach(() => {
    file(`exports/tiny/${exportMark}`);
    file("exports/tiny/README.txt");
    file("exports/tiny/inner/b.txt");
    file("exports/own.txt");
  });

  test.each([
    "exports/tiny/README.txt",
    "exports/tiny/inner/b.txt",
    "exports/tiny/*.txt",
    "exports/tiny/inner/*",
    "link/b.txt",
  ])("is not to be named: %s", async (pattern) => {
    link("link", "exports/tiny/inner");
    await expect(found(pattern)).rejects.toMatchObject({
      code: "PATH_TRAVERSAL",
      message: "no definition may name this file: an export has written it into exports/tiny",
      facts: {
        where: "with.source.file",
        got: pattern,
        next: "use the stage's output itself (stages.ID.outputs.NAME), or copy the file out of the export",
      },
    });
  });

  test("is left out of a pattern that begins above it, and said to be", async () => {
    expect(await found("exports/**/*.txt")).toEqual({
      names: ["exports/own.txt"],
      skipped: [["exports/tiny", "an export has written it"]],
    });
  });

  test("may be named once it is copied, and where the project itself lies in an export", async () => {
    file("data/README.txt");
    expect((await found("data/README.txt")).names).toEqual(["data/README.txt"]);
    file(exportMark);
    expect((await found("data/*.txt")).names).toEqual(["data/README.txt", "data/a.txt"]);
  });
});
