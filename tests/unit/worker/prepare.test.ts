import { writeFileSync } from "node:fs";
import path from "node:path";
import { stageDefinitions, type StageWith } from "../../../schemas/stages/index.js";
import type { JsonObject } from "../../../platform/json.js";
import type { PrepareResult } from "../../../schemas/run.js";
import { createDatasetWriter } from "../../../formats/dataset.js";
import { storeId } from "../../../store/ownership/identity.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { findLatest } from "../../../store/records/latest.js";
import { readLog } from "../../../store/history/log-reader.js";
import { recordResult, stageKey } from "../../../store/records/results.js";
import { stageIdentity } from "../../../worker/keys/identity.js";
import { sealedPlan } from "../../../worker/authority/plans.js";
import { signReceipt } from "../../../worker/authority/receipts.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { useDirectory } from "../../support/directory.js";
import { prepareStage, type StageOfRun } from "../../support/prepare.js";
import { attempt, request as stageRequest, processWith } from "../../support/attempt.js";
import type { StageResult } from "../../../schemas/stage-result.js";

const home = useDirectory();
const place = () => ({ home: home(), workingDirectory: home() });
const settingsIn = ({ request }: PrepareResult) => request!.with!;

describe("preparing a stage", () => {
  it("fills in defaults and gives a key", async () => {
    const prepared = await prepareStage(place());
    expect(settingsIn(prepared)).toMatchObject({ source: { text: "hello" }, heldOut: 0, format: "auto" });
    expect(prepared.key).toMatch(/^[0-9a-f]{64}$/);
    expect(prepared.cached).toBeUndefined();
  });
  it("says where a `with` is wrong", async () => {
    await expect(prepareStage(place(), { with: { source: { text: "x" }, heldOut: 2 } })).rejects.toMatchObject({
      code: "OUT_OF_RANGE",
      message: expect.stringMatching(/^with\.heldOut must be/),
      facts: { where: "stages.a (dataset)" },
    });
  });
  it("stops reading its sources once its signal is aborted", async () => {
    writeFileSync(path.join(home(), "data.txt"), "hello");
    const told = new AbortController();
    told.abort(new Error("given up"));
    const asked = { with: { source: { file: "data.txt" } } };
    await expect(prepareStage(place(), asked, told.signal)).rejects.toThrow("given up");
  });
  it("the key does not depend on defaults being spelled out, but on seed and settings", async () => {
    const key = async (more: StageOfRun) => (await prepareStage(place(), more)).key;
    const plain = await key({});
    expect(await key({ with: { heldOut: 0, source: { text: "hello" } } })).toBe(plain);
    expect(await key({ seed: 2 })).not.toBe(plain);
    expect(await key({ with: { source: { text: "hell" } } })).not.toBe(plain);
    expect(await key({ runId: "other", stage: "b", pipeline: "q", cache: false })).toBe(plain);
  });
  it("the key tells a secret from data that looks like it, and stays that of earlier versions for secrets", async () => {
    const title = "${{ secrets.HF }}";
    const command = { uses: "command" as const, inputs: { title }, mayRunCode: true };
    const key = async (written: string, evaluated: string) => {
      const settings = (TITLE: string): JsonObject => ({ run: ["true"], env: { TITLE } });
      return (await prepareStage(place(), { ...command, template: settings(written), with: settings(evaluated) })).key;
    };
    const data = "${{ inputs.title }}";
    const secret = await key(title, title);
    const identity = { uses: "command" as const, version: stageDefinitions.command.version, seed: 1, compute: null };
    const keyOf = (TITLE: string) => stageKey({ ...identity, source: null, with: { run: ["true"], env: { TITLE } } });
    expect(secret).toBe(keyOf(title));
    expect(await key("plain", "plain")).toBe(keyOf("plain"));
    const both = title + title;
    const keys = [secret, await key(data, title), await key(title + data, both), await key(data + title, both)];
    expect(new Set(keys).size).toBe(keys.length);
  });
  it("hands on where secrets belong, and never a value", async () => {
    const secrets = [{ path: ["env", "TITLE"], offset: 0, name: "HF" }];
    const settings = { run: ["true"], env: { TITLE: "${{ secrets.HF }}" } };
    const prepared = await prepareStage(place(), { uses: "command", with: settings, mayRunCode: true });
    expect(prepared.request).toMatchObject({ secrets, with: settings });
  });
  it("of an evaluation on held-out rows, the key holds what the model is known to have learned from", async () => {
    const ref = <K extends string>(artifact: K, digit: number) => ({ artifact, digest: String(digit).repeat(64) });
    const dataset = await putArtifact(home(), "dataset", () => {});
    const model = ref("model", 1);
    const keyOf = async (settings: object) =>
      (await prepareStage(place(), { uses: "evaluate", with: { model, ...settings } })).key;
    const keys = async () => [await keyOf({ questions: [ref("dataset", 3)] }), await keyOf({ prompts: ["hello"] })];
    const record = async (uses: "sft" | "pretrain", settings: object, outputs: StageResult["outputs"]) => {
      const identity = { uses, version: 1, with: settings as JsonObject, seed: 1, compute: null, source: null };
      const now = new Date().toISOString();
      const lineage = { runId: "run", stage: "a", startedAt: now, endedAt: now, machine: "m" };
      await recordResult(home(), { ...identity, key: stageKey(identity), outputs, metrics: {}, lineage });
    };
    const base = ref("model", 2);
    const unknown = await keys();
    await record("sft", { model: base, data: [dataset] }, { model });
    await record("pretrain", { tokens: ref("tokens", 4) }, { initial: base });
    const known = await keys();
    expect(known[0]).not.toBe(unknown[0]);
    expect(known[1]).toBe(unknown[1]);
    // Another result says the same of the same bytes.
    await record("sft", { model: base, data: [dataset], epochs: 0.5 }, { model });
    expect(await keys()).toEqual(known);
  });
  it("finds the result of the key, unless told not to or it is too old", async () => {
    const prepared = await prepareStage(place());
    const { key } = prepared;
    const settings = settingsIn(prepared);
    const train = await putArtifact(home(), "dataset", () => {});
    const identity = await stageIdentity(
      { uses: "dataset", with: settings as unknown as StageWith<"dataset">, seed: 1 },
      { gpu: false, ...place() },
    );
    const endedAt = new Date(Date.now() - 60_000).toISOString();
    const lineage = { runId: "run", stage: "a", startedAt: endedAt, endedAt, machine: "m" };
    await recordResult(home(), { ...identity, key: key!, outputs: { train }, metrics: { rows: 1 }, lineage });
    const result = { outputs: { train }, metrics: { rows: 1 } };
    const { cached } = await prepareStage(place());
    const { digest } = (await sealedPlan(home(), "run"))!;
    const signed = { id: "a", uses: "dataset" as const, key: key!, ...result };
    expect(cached).toEqual({ ...result, receipt: signReceipt(home(), { runId: "run", digest }, signed) });
    expect((await prepareStage(place(), { cache: 3_600_000 })).cached).toMatchObject(result);
    expect((await prepareStage(place(), { cache: 1000 })).cached).toBeUndefined();
    expect((await prepareStage(place(), { cache: false })).cached).toBeUndefined();
    expect(await findLatest(home(), "p", "a")).toMatchObject({ uses: "dataset", seed: 1 });
  });
  it.each([
    [
      "an address without sha256, from the cache",
      { url: "https://example.org/a.txt" },
      [`\`sha256: ${"1".repeat(64)}\``],
    ],
    ["an address with sha256", { url: "https://example.org/a.txt", sha256: "1".repeat(64) }, []],
    ["a branch of the hub", { huggingFace: "some/data", revision: "main" }, [`\`revision: ${"2".repeat(40)}\``]],
    ["a commit of the hub", { huggingFace: "some/data", revision: "2".repeat(40) }, []],
  ])("%s: the log of each run says how to pin it", async (_, source, lines) => {
    const asked = { with: { source } };
    const prepared = await prepareStage(place(), asked);
    const { key } = prepared;
    const settings = settingsIn(prepared);
    const origin = {
      source: "some/data",
      ...("huggingFace" in source && { commit: "2".repeat(40) }),
      sourceDigest: "1".repeat(64),
    };
    const train = await putArtifact(home(), "dataset", async (directory) => {
      await createDatasetWriter(directory, { kind: "text", ...origin }).close();
    });
    const identity = await stageIdentity(
      { uses: "dataset", with: settings as unknown as StageWith<"dataset">, seed: 1 },
      { gpu: false, ...place() },
    );
    const now = new Date().toISOString();
    const lineage = { runId: "run", stage: "a", startedAt: now, endedAt: now, machine: "m" };
    await recordResult(home(), { ...identity, key: key!, outputs: { train }, metrics: {}, lineage });
    for (const runId of ["first", "second"]) {
      expect((await prepareStage(place(), { ...asked, runId })).cached).toBeDefined();
      const logged: string[] = [];
      for await (const { stage, message } of readLog(home(), runId)) logged.push(`${stage} ${message}`);
      // The first line names the result, which `gc` then keeps.
      expect(logged.shift()).toBe("a cached");
      expect(logged).toEqual(
        lines.map((line) => expect.stringMatching(`^a cached: with\\.source is not pinned.*${line}$`)),
      );
    }
  });
  it("says so of each of a stage's tables, too", async () => {
    const data = { url: "https://example.org/a.csv", format: "auto" as const };
    const asked = { uses: "table-model" as const, with: { data, target: "a", baseline: ["b"] } };
    const prepared = await prepareStage(place(), asked);
    const { key } = prepared;
    const settings = settingsIn(prepared);
    const identity = await stageIdentity(
      { uses: "table-model", with: settings as unknown as StageWith<"table-model">, seed: 1 },
      { gpu: false, ...place() },
    );
    const now = new Date().toISOString();
    const lineage = { runId: "run", stage: "a", startedAt: now, endedAt: now, machine: "m" };
    await recordResult(home(), { ...identity, key: key!, outputs: {}, metrics: {}, lineage });
    expect((await prepareStage(place(), asked)).cached).toBeDefined();
    const logged: string[] = [];
    for await (const { message } of readLog(home(), "run")) logged.push(message);
    expect(logged).toEqual([
      "cached",
      expect.stringMatching(/^cached: with\.data is not pinned.*`sha256` or `revision`/),
    ]);
  });
  it("computes as the run's first attempt did, whatever this machine offers", async () => {
    const generate = {
      uses: "generate" as const,
      with: { model: { artifact: "model", digest: "0".repeat(64) }, prompts: ["hello"] },
      cache: false,
    };
    const first = await prepareStage(place(), generate);
    const compute = { ...first.compute!, threads: first.compute!.threads + 1 };
    const elsewhere = await prepareStage(place(), { ...generate, compute });
    expect(elsewhere.compute).toEqual(compute);
    expect(elsewhere.key).not.toBe(first.key);
    expect((await prepareStage(place(), { ...generate, compute: first.compute! })).key).toBe(first.key);
    expect((await prepareStage(place())).compute).toBeUndefined();
    expect((await prepareStage(place(), { ...generate, gpu: true })).compute?.device).toBe("gpu");
  });
});

describe("a worker of another store than the run's", () => {
  it("does not prepare, load or run for it", async () => {
    const own = (await prepareStage(place())).store;
    expect(own).toBe(await storeId(home()));
    const store = "0".repeat(12);
    const refused = { code: "OTHER_STORE", facts: { expected: `store ${store}`, got: `store ${own}` } };
    await expect(prepareStage(place(), { store })).rejects.toMatchObject(refused);
    const definition = "name: one\nstages:\n  a: { uses: dataset, with: { source: { text: hello } } }\n";
    await expect(loadPlan(place(), "run", { definition, store }, "execution")).rejects.toMatchObject(refused);
    const worker = processWith(home(), () => Promise.reject(new Error("it ran")));
    await expect(attempt(worker, stageRequest({ store }))).rejects.toMatchObject({
      type: "PREEMPTED",
      message: expect.stringContaining("a different store"),
    });
  });
});
