import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { sha256 } from "../../../platform/digests.js";
import { canonicalJson } from "../../../platform/text/canonical-json.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { layout, homeDirectory, safeName } from "../../../store/home.js";
import { findLatest, recordLatest } from "../../../store/records/latest.js";
import { findResult, recordResult, stageKey } from "../../../store/records/results.js";
import { useDirectory } from "../../support/directory.js";
import type { ResultRecord, StageIdentity } from "../../../store/records/record-types.js";
const home = useDirectory();
const identity: StageIdentity = {
  uses: "tokenize",
  version: 1,
  with: { vocabSize: 300 },
  seed: 7,
  compute: null,
  source: null,
};

async function record(endedAt: string): Promise<ResultRecord> {
  const ref = await putArtifact(home(), "tokenizer", (directory) =>
    writeFileSync(path.join(directory, "tokenizer.json"), "{}"),
  );
  const lineage = { runId: "r", stage: "tok", startedAt: endedAt, endedAt, machine: "m" };
  return { ...identity, key: stageKey(identity), outputs: { tokenizer: ref }, metrics: { tokens: 5 }, lineage };
}

test("canonical JSON does not depend on the order of keys and is JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(JSON.parse(text)))).toBe(text);
    }),
  );
  expect(canonicalJson({ b: [1, { d: 1e21, c: "é" }], a: undefined })).toBe('{"b":[1,{"c":"é","d":1e+21}]}');
  expect(() => canonicalJson({ loss: NaN })).toThrow("NaN has no JSON form");
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

test("every part of the identity is part of the key", () => {
  const others: StageIdentity[] = [
    { ...identity, uses: "sft" },
    { ...identity, version: 2 },
    { ...identity, with: { vocabSize: 301 } },
    { ...identity, seed: 8 },
    { ...identity, compute: "cpu" },
    { ...identity, source: "1.0.0" },
    { ...identity, libraries: { tokenizers: "1.0.0" } },
    { ...identity, libraries: { tokenizers: "1.0.1" } },
  ];
  expect(new Set([identity, ...others].map(stageKey)).size).toBe(others.length + 1);
  expect(stageKey({ ...identity, with: { ...identity.with } })).toBe(stageKey(identity));
});

test("a recorded result is found until it is too old, damaged, or its artifacts no longer exist", async () => {
  const key = stageKey(identity);
  expect(await findResult(home(), key)).toBeUndefined();
  const written = await record(new Date(Date.now() - 3_600_000).toISOString());
  await recordResult(home(), written);
  expect(await findResult(home(), key)).toEqual(written);
  expect(await findResult(home(), key, 7_200_000)).toEqual(written);
  expect(await findResult(home(), key, 1_800_000)).toBeUndefined();

  writeFileSync(layout.result(home(), key), canonicalJson({ ...written, seed: 8 }));
  expect(await findResult(home(), key)).toBeUndefined();
  writeFileSync(layout.result(home(), key), "{");
  expect(await findResult(home(), key)).toBeUndefined();

  await recordResult(home(), written);
  rmSync(layout.object(home(), written.outputs["tokenizer"]!.digest), { recursive: true });
  expect(await findResult(home(), key)).toBeUndefined();
});

test("a stage's latest identity is remembered by pipeline and stage", async () => {
  await recordLatest(home(), "tiny", "tok", identity);
  expect(await findLatest(home(), "tiny", "tok")).toEqual(identity);
  expect(await findLatest(home(), "other", "tok")).toBeUndefined();
});

test("names from outside become single file names, different for different names", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      fc.pre(a !== b);
      expect(safeName(a)).toMatch(/^[^./\\\0][^/\\\0]{0,200}$/);
      expect(safeName(a)).not.toBe(safeName(b));
    }),
  );
  expect(safeName("..")).toBe("%2E.");
  expect(safeName("x".repeat(300)).length).toBeLessThanOrEqual(200);
  expect(safeName("\ud800")).not.toBe("");
});

test("the home directory is PAWL_HOME, else .pawl", () => {
  expect(homeDirectory({}, "/w")).toBe("/w/.pawl");
  expect(homeDirectory({ PAWL_HOME: "here" }, "/w")).toBe("/w/here");
  expect(homeDirectory({ PAWL_HOME: "/data" }, "/w")).toBe("/data");
});

describe("a result that is not as it was written", () => {
  const key = stageKey(identity);
  const told: string[] = [];
  const find = () => findResult(home(), key, Infinity, ({ file, of }) => told.push(`${of}: ${path.basename(file)}`));
  beforeEach(() => (told.length = 0));

  test.each<[string, (text: string) => string]>([
    ["a metric with one bit flipped", (text) => text.replace('"tokens": 5', '"tokens": 7')],
    ["the digest of another artifact", (text) => text.replace(/("digest": ")[0-9a-f]{64}/, `$1${"1".repeat(64)}`)],
    ["a metric more", (text) => text.replace('"tokens": 5', '"tokens": 5, "loss": 1')],
    ["another seal", (text) => text.replace(/("seal": ")[0-9a-f]{64}/, `$1${"1".repeat(64)}`)],
    ["no seal, as an earlier build left it", (text) => text.replace(/,\s*"seal": "[0-9a-f]{64}"/, "")],
    ["null", () => "null"],
  ])("%s: is not believed, reported once, and kept aside", async (_, change) => {
    const written = await record(new Date().toISOString());
    await recordResult(home(), written);
    const file = layout.result(home(), key);
    const text = readFileSync(file, "utf8");
    expect(change(text)).not.toBe(text);
    writeFileSync(file, change(text));
    expect(await find()).toBeUndefined();
    expect(await find()).toBeUndefined();
    expect(told).toEqual([`result of a stage: ${key}.json`]);
    expect(readdirSync(layout.corrupt(home()))).toHaveLength(1);
    await recordResult(home(), written);
    expect(await find()).toEqual(written);
  });
});

test("a build that knows no seals finds what this one records, and what it records itself is recomputed once", async () => {
  const written = await record(new Date().toISOString());
  const key = stageKey(identity);
  await recordResult(home(), written);
  // As the earlier build read it.
  const asBefore = JSON.parse(readFileSync(layout.result(home(), key), "utf8")) as ResultRecord;
  expect(asBefore).toMatchObject(written);
  expect(stageKey(asBefore)).toBe(key);
  // Keys of stages without libraries are those of before.
  expect(key).toBe(sha256(canonicalJson({ ...identity })));
});
