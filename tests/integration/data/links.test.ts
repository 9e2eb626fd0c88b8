import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { filesBelow } from "../../../activities/dataset/paths.js";
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
    "data/gone.txt": "it leads to nothing",
    "data/hidden.txt": "it leads to what is not searched",
    "data/self": "it leads back to a directory that it lies in",
  });
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
