import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { FileServer } from "./file-server.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, runDataset } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

const commit = "c0ffee".padEnd(40, "0");
const rows = (word: string) => Buffer.from(`{"text":"${word} 1"}\n{"text":"${word} 2"}\n`);
const files: Record<string, Buffer> = {
  "README.md": Buffer.from("# about"),
  "data/test.jsonl": rows("test"),
  "data/train-0.jsonl": rows("first"),
  "data/train-1.jsonl": rows("second"),
};
const token = "hf_secret";

let context: TestContext;
let hub: FileServer;
let storage: FileServer;
beforeEach(async () => {
  context = testContext();
  [hub, storage] = [new FileServer(), new FileServer()];
  await Promise.all([hub.start(), storage.start()]);
  process.env["HF_ENDPOINT"] = hub.address;
  process.env["HF_TOKEN"] = token;
  serve();
});
afterEach(async () => {
  delete process.env["HF_ENDPOINT"];
  delete process.env["HF_TOKEN"];
  await Promise.all([hub.stop(), storage.stop()]);
  context.remove();
});

/**
 * As the hub does: a branch's commit, the tree at that commit, and large files on another server.
 */
function serve(): void {
  const json = (value: unknown) => ({ content: Buffer.from(JSON.stringify(value)) });
  const info = {
    _id: "1",
    id: "some/data",
    sha: commit,
    cardData: { license: "cc-by-4.0" },
    lastModified: "2024-01-01",
  };
  for (const revision of ["main", "v1"]) hub.files.set(`/api/datasets/some/data/revision/${revision}`, json(info));
  const entries = Object.entries(files).map(([name, content]) => ({
    type: "file",
    path: name,
    size: content.length,
    oid: "0",
    lfs: { oid: createHash("sha256").update(content).digest("hex"), size: content.length, pointerSize: 100 },
  }));
  hub.files.set(
    `/api/datasets/some/data/tree/${commit}`,
    json([{ type: "directory", path: "data", size: 0 }, ...entries]),
  );
  for (const [name, content] of Object.entries(files)) {
    const at = `/datasets/some/data/resolve/${commit}/${name}`;
    hub.files.set(at, { content, redirect: `${storage.address}/${name}` });
    storage.files.set(`/${name}`, { content, etag: '"1"' });
  }
}

const texts = (train: object[]) => train.map((row) => (row as { text: string }).text);

test("files by pattern at the branch's commit; license and origin are recorded, the token nowhere", async () => {
  const source = { huggingFace: "some/data", path: "data/train-*.jsonl" };
  const { train, outputs } = await runDataset(context, { source });
  expect(texts(train)).toEqual(["first 1", "first 2", "second 1", "second 2"]);
  const directory = await context.openArtifact(outputs.train);
  const facts = readFileSync(path.join(directory, "dataset.json"), "utf8");
  expect(JSON.parse(facts)).toMatchObject({
    source: `Hugging Face some/data@${commit}: data/train-*.jsonl`,
    commit,
    license: "cc-by-4.0",
  });
  expect(hub.asked.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true);
  expect(storage.asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  expect(facts + context.logged.join() + JSON.stringify(context.reported)).not.toContain(token);
});

test("without a path: all data files; a second time nothing is downloaded again", async () => {
  const source = { huggingFace: "some/data", revision: "v1" };
  const first = await runDataset(context, { source });
  expect(first.train).toHaveLength(6);
  const before = storage.asked.length;
  expect((await runDataset(context, { source })).outputs).toEqual(first.outputs);
  expect(storage.asked.length).toBe(before);
});

test.each([[undefined], ["v1"]])("at the revision %s the log says which commit to pin", async (revision) => {
  await runDataset(context, { source: { huggingFace: "some/data", ...(revision && { revision }) } });
  expect(context.logged[0]).toContain(`\`revision: ${commit}\``);
});

test("at a commit there is nothing to pin", async () => {
  hub.files.set(`/api/datasets/some/data/revision/${commit}`, hub.files.get("/api/datasets/some/data/revision/v1")!);
  await runDataset(context, { source: { huggingFace: "some/data", revision: commit } });
  expect(context.logged.join("\n")).not.toContain("pinned");
});

test("a connection that is cut is continued", async () => {
  storage.files.get("/data/train-0.jsonl")!.cuts = [10];
  context.onProgress = ({ done }) => storage.received(done);
  const source = { huggingFace: "some/data", path: "data/train-0.jsonl" };
  expect(texts((await runDataset(context, { source })).train)).toEqual(["first 1", "first 2"]);
  expect(storage.asked.map(({ range, status }) => [range, status])).toEqual([
    [undefined, 200],
    ["bytes=10-", 206],
  ]);
});

test.each([
  [{ huggingFace: "no/such" }, "DATA_MISSING"],
  [{ huggingFace: "some/data", revision: "nowhere" }, "DATA_MISSING"],
  [{ huggingFace: "some/data", path: "train/*.parquet" }, "DATA_MISSING"],
])("%j: %s", async (source, code) => {
  const failure = await catchFailure(runDataset(context, { source }));
  expect(failure.code).toBe(code);
  expect(JSON.stringify([failure.message, failure.facts])).not.toContain(token);
});

test("the error for a wrong path lists what is there", async () => {
  const failure = await catchFailure(runDataset(context, { source: { huggingFace: "some/data", path: "*.csv" } }));
  expect(failure.facts.next).toContain("data/train-0.jsonl");
});

test("content that is not what the hub's listing says is refused", async () => {
  storage.files.get("/data/test.jsonl")!.content = rows("forged");
  const source = { huggingFace: "some/data", path: "data/test.jsonl" };
  expect((await catchFailure(runDataset(context, { source }))).code).toBe("DATA_INVALID");
});

test("a hub that is ill is asked again later", async () => {
  hub.files.set("/api/datasets/some/data/revision/main", { content: Buffer.from(""), status: 503 });
  expect((await catchFailure(runDataset(context, { source: { huggingFace: "some/data" } }))).code).toBe(
    "DOWNLOAD_FAILED",
  );
  await hub.stop();
  const failure = await catchFailure(runDataset(context, { source: { huggingFace: "some/data" } }));
  expect(failure.code).toBe("DOWNLOAD_FAILED");
  await hub.start();
});
