import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import { hasArtifact, openArtifact, putArtifact } from "../../../store/artifacts/artifacts.js";
import { sha256 } from "../../../platform/digests.js";
import { canonicalJson } from "../../../platform/text/canonical-json.js";
import { layout } from "../../../store/home.js";
import { useDirectory } from "../../support/directory.js";
import { runChild } from "./children.js";
import { unicodeText } from "../../support/text.js";

// A slow disk under load is no failure.
const home = useDirectory();

function put(files: Record<string, string>): Promise<ArtifactRef<"model">> {
  return putArtifact(home(), "model", (directory) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), content);
    }
  });
}

/** Changes a file of a finished artifact, as a bad disk would. */
function damage(ref: ArtifactRef, name: string, change: (file: string) => void): void {
  const file = path.join(layout.object(home(), ref.digest), name);
  chmodSync(file, 0o644);
  change(file);
}

test("while an artifact of many small files is checked, signals and heartbeats get through", async () => {
  const ref = await put(Object.fromEntries(Array.from({ length: 640 }, (_, i) => [`${i}.txt`, String(i)])));
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  await openArtifact(home(), ref);
  clearImmediate(next);
  expect(turns).toBeGreaterThan(5);
});

test("what was put is what is opened, by a digest that depends on content and kind alone", async () => {
  const ref = await put({ "config.json": "{}", "shards/a.bin": "aaa" });
  const directory = await openArtifact(home(), ref);
  expect(readFileSync(path.join(directory, "shards/a.bin"), "utf8")).toBe("aaa");
  expect(await put({ "shards/a.bin": "aaa", "config.json": "{}" })).toEqual(ref);
  expect((await put({ "config.json": "{}", "shards/a.bin": "aab" })).digest).not.toBe(ref.digest);
  expect(ref.digest).toBe(sha256(readFileSync(path.join(directory, "manifest.json"), "utf8")));
  expect(readdirSync(layout.temporary(home()))).toEqual([]);
});

test("any set of files comes back as it was", async () => {
  const name = fc.stringMatching(/^[a-zäß][a-z0-9 _-]{0,8}$/);
  const files = fc.dictionary(name, unicodeText(), { maxKeys: 5, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(files, async (content) => {
      const directory = await openArtifact(home(), await put(content));
      for (const [file, text] of Object.entries(content))
        expect(readFileSync(path.join(directory, file))).toEqual(Buffer.from(text));
    }),
    { numRuns: 25 },
  );
});

test.each([
  ["truncated", (file: string) => truncateSync(file, 1), /config\.json has 1 bytes instead of 12/],
  ["changed", (file: string) => writeFileSync(file, '{"width":9 }'), /config\.json has changed/],
])("a %s file is found, and the artifact is moved aside so that it can be built anew", async (_, change, message) => {
  const ref = await put({ "config.json": '{"width":8 }' });
  damage(ref, "config.json", change);
  await expect(openArtifact(home(), ref)).rejects.toMatchObject({
    code: "ARTIFACT_CORRUPT",
    message: expect.stringMatching(message),
    facts: { next: expect.stringContaining("pawl resume RUN") },
  });
  await expect(openArtifact(home(), ref)).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  expect(hasArtifact(home(), ref)).toBe(false);
  expect(readdirSync(layout.corrupt(home()))).toHaveLength(1);

  expect(await put({ "config.json": '{"width":8 }' })).toEqual(ref);
  expect(await openArtifact(home(), ref)).toBe(layout.object(home(), ref.digest));
});

test("writing over a damaged artifact of the same content repairs it", async () => {
  const ref = await put({ a: "text" });
  damage(ref, "a", (file) => writeFileSync(file, "tixt"));
  expect(await put({ a: "text" })).toEqual(ref);
  expect(readFileSync(path.join(await openArtifact(home(), ref), "a"), "utf8")).toBe("text");
});

test("damaged and foreign manifests, missing and foreign files are refused", async () => {
  const open = (ref: ArtifactRef): Promise<string> => openArtifact(home(), ref);
  const one = await put({ a: "1" });
  damage(one, "manifest.json", (file) => truncateSync(file, 20));
  await expect(open(one)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });

  const two = await put({ a: "2" });
  damage(two, "manifest.json", (file) => writeFileSync(file, readFileSync(file, "utf8").replace("model", "modal")));
  await expect(open(two)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });

  const three = await put({ a: "3" });
  damage(three, "a", (file) => writeFileSync(path.join(path.dirname(file), "extra.bin"), ""));
  await expect(open(three)).rejects.toMatchObject({
    code: "ARTIFACT_CORRUPT",
    message: expect.stringContaining("extra.bin"),
  });
});

test("a reference of the wrong kind is refused", async () => {
  const ref = await put({ a: "1" });
  await expect(openArtifact(home(), { artifact: "dataset", digest: ref.digest })).rejects.toMatchObject({
    code: "WRONG_ARTIFACT",
    facts: { expected: "dataset", got: "model" },
  });
  expect(hasArtifact(home(), ref)).toBe(true);
});

test("no digest and no manifest leads out of the store", async () => {
  await expect(openArtifact(home(), { artifact: "model", digest: "../../etc" })).rejects.toMatchObject({
    code: "PATH_TRAVERSAL",
  });
  for (const name of ["../x", "/etc/passwd", "a/../../b", "a\\b", "a//b", ""]) {
    const manifest = canonicalJson({ kind: "model", files: [{ path: name, size: 0, sha256: sha256("") }] });
    const ref: ArtifactRef = { artifact: "model", digest: sha256(manifest) };
    mkdirSync(layout.object(home(), ref.digest), { recursive: true });
    writeFileSync(path.join(layout.object(home(), ref.digest), "manifest.json"), manifest);
    await expect(openArtifact(home(), ref)).rejects.toMatchObject({ code: "PATH_TRAVERSAL" });
  }
});

test("a failing write, a link and a reserved name leave nothing behind", async () => {
  const attempts = [
    putArtifact(home(), "model", () => Promise.reject(new Error("no model"))),
    putArtifact(home(), "model", (directory) => symlinkSync("/etc/hostname", path.join(directory, "link"))),
    put({ "manifest.json": "mine" }),
  ];
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(readdirSync(layout.temporary(home()))).toEqual([]);
  expect(() => readdirSync(layout.objects(home()))).toThrow("ENOENT");
});

test("a full disk is reported as such, with what to do", async () => {
  await expect(putArtifact(home(), "model", () => writeFileSync("/dev/full", "x"))).rejects.toMatchObject({
    code: "DISK_FULL",
    facts: {
      where: expect.stringMatching(/^\//),
      got: expect.stringMatching(/^\d+ MB free of \d+ MB$/),
      next: expect.stringContaining("free some space"),
    },
  });
});

test("two processes may put and save the same content at the same time", async () => {
  const outcomes = await Promise.all([runChild("put-and-save.ts", home()), runChild("put-and-save.ts", home())]);
  expect(outcomes[0]).toEqual({ code: 0, signal: null, output: outcomes[1].output });
  const ref = JSON.parse(outcomes[0].output) as ArtifactRef;
  await openArtifact(home(), ref);
  expect(readdirSync(layout.objects(home()))).toEqual([ref.digest]);
  expect(readdirSync(layout.checkpoints(home(), "k")).sort()).toEqual(["13", "14"]);
  expect(readdirSync(layout.temporary(home()))).toEqual([]);
});
