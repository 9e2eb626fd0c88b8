import type { PrepareRequest } from "../../../schemas/run.js";
import { findLatest, putArtifact, recordResult } from "../../../store/index.js";
import { stageIdentity } from "../../../worker/identity.js";
import { prepare } from "../../../worker/prepare.js";
import { useFolder } from "../../support/folder.js";

const home = useFolder();
const place = () => ({ home: home(), workingFolder: home() });
const request = (more: Partial<PrepareRequest> = {}): PrepareRequest => ({
  runId: "run",
  pipeline: "p",
  stage: "a",
  uses: "dataset",
  with: { source: { text: "hello" } },
  seed: 1,
  gpu: false,
  cache: true,
  ...more,
});

describe("preparing a stage", () => {
  it("fills in defaults and gives a key", async () => {
    const prepared = await prepare(place(), request());
    expect(prepared.with).toMatchObject({ source: { text: "hello" }, heldOut: 0, format: "auto" });
    expect(prepared.key).toMatch(/^[0-9a-f]{64}$/);
    expect(prepared.cached).toBeUndefined();
  });
  it("says where a `with` is wrong", async () => {
    await expect(prepare(place(), request({ with: { source: { text: "x" }, heldOut: 2 } }))).rejects.toMatchObject({
      code: "OUT_OF_RANGE",
      message: expect.stringContaining("stages.a (dataset): with.heldOut"),
    });
  });
  it("the key does not depend on defaults being spelled out, but on seed and settings", async () => {
    const key = async (more: Partial<PrepareRequest>) => (await prepare(place(), request(more))).key;
    const plain = await key({});
    expect(await key({ with: { heldOut: 0, source: { text: "hello" } } })).toBe(plain);
    expect(await key({ seed: 2 })).not.toBe(plain);
    expect(await key({ with: { source: { text: "hell" } } })).not.toBe(plain);
    expect(await key({ runId: "other", stage: "b", pipeline: "q", cache: false })).toBe(plain);
  });
  it("finds the result of the key, unless told not to or it is too old", async () => {
    const { key, with: settings } = await prepare(place(), request());
    const train = await putArtifact(home(), "dataset", () => {});
    const identity = await stageIdentity(
      { uses: "dataset", with: settings, seed: 1 },
      { gpu: false, workingFolder: home() },
    );
    const endedAt = new Date(Date.now() - 60_000).toISOString();
    const lineage = { runId: "run", stage: "a", startedAt: endedAt, endedAt, machine: "m" };
    await recordResult(home(), { ...identity, key, outputs: { train }, metrics: { rows: 1 }, lineage });
    const cached = { outputs: { train }, metrics: { rows: 1 } };
    expect((await prepare(place(), request())).cached).toEqual(cached);
    expect((await prepare(place(), request({ cache: 3_600_000 }))).cached).toEqual(cached);
    expect((await prepare(place(), request({ cache: 1000 }))).cached).toBeUndefined();
    expect((await prepare(place(), request({ cache: false }))).cached).toBeUndefined();
    expect(await findLatest(home(), "p", "a")).toMatchObject({ uses: "dataset", seed: 1 });
  });
});
