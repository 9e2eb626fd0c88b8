import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { escapeReason, pathBelow } from "../../../platform/containment.js";
import { useDirectory } from "../../support/directory.js";

const base = useDirectory();
const directory = () => path.join(base(), "inside");
const below = (relative: string) => pathBelow(directory(), relative, { where: "with.to" });
const link = (to: string, name: string) => symlinkSync(to, path.join(directory(), name));

beforeEach(() => {
  mkdirSync(path.join(directory(), "data"), { recursive: true });
  mkdirSync(path.join(base(), "outside"));
  mkdirSync(path.join(base(), "inside-too"));
  writeFileSync(path.join(directory(), "data", "a.txt"), "");
  writeFileSync(path.join(base(), "outside", "secret.txt"), "");
});

describe("what stays below", () => {
  test.each(["data/a.txt", "./data//a.txt", "data", "new", "new/deep/x", "..x", "data/..x", "x..", "a\\b"])(
    "%j",
    async (relative) => {
      expect(escapeReason(relative)).toBeUndefined();
      expect(await below(relative)).toBe(path.join(realpathSync(directory()), relative));
    },
  );

  test("a link to something below, and what lies behind it", async () => {
    link("data", "link");
    link("missing", "dangling");
    const real = realpathSync(directory());
    expect(await below("link")).toBe(path.join(real, "data"));
    expect(await below("link/a.txt")).toBe(path.join(real, "data", "a.txt"));
    expect(await below("link/new/b.txt")).toBe(path.join(real, "data", "new", "b.txt"));
    expect(await below("dangling/b.txt")).toBe(path.join(real, "missing", "b.txt"));
  });

  test("a directory that is itself behind a link", async () => {
    symlinkSync(directory(), path.join(base(), "alias"));
    const found = await pathBelow(path.join(base(), "alias"), "data/a.txt", {});
    expect(found).toBe(path.join(realpathSync(directory()), "data", "a.txt"));
  });
});

describe("what leaves the directory", () => {
  test.each([
    ["..", "it goes up with .."],
    ["../outside/secret.txt", "it goes up with .."],
    ["data/../../outside/secret.txt", "it goes up with .."],
    ["data/../data/a.txt", "it goes up with .."],
    ["data\\..\\..\\outside", "it goes up with .."],
    ["../inside-too", "it goes up with .."],
    ["/etc/passwd", "it is absolute"],
    ["\\\\server\\share", "it is absolute"],
    ["C:/windows", "it is absolute"],
    ["~/secret", "it is absolute"],
    ["data/a.txt\0.png", "it contains a NUL"],
  ])("%j: %s", async (relative, reason) => {
    expect(escapeReason(relative)).toBe(reason);
    await expect(below(relative)).rejects.toMatchObject({
      code: "PATH_TRAVERSAL",
      message: `the path must stay below the directory it is relative to: ${reason}`,
      facts: { where: "with.to", got: relative },
    });
  });

  test.each([
    ["a link to a file outside", "../outside/secret.txt", "link"],
    ["a link to a directory outside", "../outside", "link/secret.txt"],
    ["something new behind a link outside", "../outside", "link/new/deep"],
    ["a link to an absolute path", "/etc", "link/hostname"],
    ["a link to nothing, outside", "../outside/new", "link"],
    ["something new behind a link to nothing, outside", "../outside/new", "link/deep"],
    ["a sibling whose name begins the same", "../inside-too", "link/x"],
  ])("%s", async (_, to, relative) => {
    link(to, "link");
    await expect(below(relative)).rejects.toMatchObject({
      code: "PATH_TRAVERSAL",
      message: expect.stringContaining("a link leads out of it"),
    });
  });

  test("a link to a link outside, and one that comes back in", async () => {
    link("../outside", "one");
    link("one", "two");
    await expect(below("two/secret.txt")).rejects.toMatchObject({ code: "PATH_TRAVERSAL" });
    symlinkSync("../inside/data", path.join(base(), "outside", "back"));
    expect(await below("two/back/a.txt")).toBe(path.join(realpathSync(directory()), "data", "a.txt"));
  });

  test.each(["", ".", "./", "link"])("the directory itself: %j", async (relative) => {
    link(".", "link");
    await expect(below(relative)).rejects.toMatchObject({
      code: "PATH_TRAVERSAL",
      message: expect.stringContaining("it is the directory itself"),
    });
  });

  test("a circle of links is an error of the system", async () => {
    link("circle", "circle");
    await expect(below("circle/x")).rejects.toMatchObject({ code: "ELOOP" });
  });

  test("a link that the system cannot read is its error, not a path without links", async () => {
    link("../outside/new", "link");
    const readlink = jest.spyOn(fs, "readlink").mockRejectedValue(Object.assign(new Error("EIO"), { code: "EIO" }));
    await expect(below("link")).rejects.toMatchObject({ code: "EIO" });
    readlink.mockRestore();
  });
});
