import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import fs, { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { download } from "../../../activities/dataset/sources/download.js";
import { identify, processName, type ProcessIdentity } from "../../../platform/processes/process-identity.js";
import { openTable } from "../../../activities/tables/open.js";
import { FileServer } from "./file-server.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, readDatasetRows, runDataset, fillSettings } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
let server: FileServer;
beforeEach(async () => {
  context = testContext();
  server = new FileServer();
  await server.start();
  context.onProgress = ({ done }) => server.received(done);
});
afterEach(async () => {
  await server.stop();
  context.remove();
});

const content = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `line ${i}\n`).join(""));
const digest = createHash("sha256").update(content).digest("hex");
const fetchData = (sha256?: string) =>
  download(
    { url: `${server.address}/a.txt?key=secret`, directory: path.join(context.workingDirectory, "downloads"), sha256 },
    context,
  );
const directoryOf = () => {
  const root = path.join(context.workingDirectory, "downloads");
  return path.join(root, readdirSync(root)[0]!);
};

test("the whole way: an address with its digest becomes a data set", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  const source = { url: `${server.address}/a.txt?key=secret`, sha256: digest };
  const { train, outputs } = await runDataset(context, { source, unit: "line" });
  expect(train).toHaveLength(40_000);
  expect(await readDatasetRows(context, outputs.train)).toHaveLength(40_000);
  const directory = await context.openArtifact(outputs.train);
  const facts = JSON.parse(readFileSync(path.join(directory, "dataset.json"), "utf8")) as { source: string };
  expect(facts).toMatchObject({ source: `address ${server.address}/a.txt`, sourceDigest: digest });
  expect(context.reported.some(({ phase, done }) => phase === "download" && done === content.length)).toBe(true);
  expect(context.logged.join("\n")).not.toContain("pinned");
});

test("a disk that takes a part of what is written leaves no hole in a download", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  const { open } = fs.promises;
  jest.spyOn(fs.promises, "open").mockImplementation(async (...given) => {
    const handle = await open(...given);
    const { write, appendFile } = handle;
    let parts = 1;
    const half = (chunk: Uint8Array) => (parts-- > 0 ? chunk.subarray(0, chunk.length / 2) : chunk);
    handle.write = ((chunk: Uint8Array) =>
      (write as (part: Uint8Array) => unknown).call(handle, half(chunk))) as typeof write;
    handle.appendFile = (chunk) => appendFile.call(handle, half(chunk as Uint8Array));
    return handle;
  });
  await expect(fetchData()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  jest.restoreAllMocks();
  expect(readFileSync((await fetchData()).path)).toEqual(content);
});

test("a server that answers everything with 416 is not asked for ever", async () => {
  server.files.set("/a.txt", { content, status: 416 });
  expect((await catchFailure(fetchData())).code).toBe("DATA_MISSING");
  expect(server.asked).toHaveLength(1);
});

test("an address without a digest: the log says which line to add", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  await runDataset(context, { source: { url: `${server.address}/a.txt` }, unit: "line" });
  expect(context.logged[0]).toContain("with.source is not pinned");
  expect(context.logged[0]).toContain(`\`sha256: ${digest}\``);
});

test("a table is named like a data set: an address without a digest, and the line to add; with one", async () => {
  const csv = "id,age\na,30\n";
  server.files.set("/a.csv", { content: Buffer.from(csv), etag: '"1"' });
  const url = `${server.address}/a.csv`;
  const settings = (data: object) => fillSettings("table-model", { data, target: "age", baseline: ["id"] }).data;
  const table = await openTable(settings({ url }), "with.data", context);
  expect(table.columns).toEqual(["id", "age"]);
  await table.close();
  const sha256 = createHash("sha256").update(csv).digest("hex");
  expect(context.logged).toEqual([expect.stringContaining("with.data is not pinned")]);
  expect(context.logged[0]).toContain(`\`sha256: ${sha256}\``);
  await (await openTable(settings({ url, sha256 }), "with.data", context)).close();
  await (await openTable(settings({ text: csv, format: "csv" }), "with.data", context)).close();
  expect(context.logged).toHaveLength(1);
  const other = openTable(settings({ url, sha256: "0".repeat(64) }), "with.data", context);
  expect((await catchFailure(other)).code).toBe("DATA_INVALID");
});

test("a connection that is cut, again and again, is continued where it stopped", async () => {
  server.files.set("/a.txt", { content, etag: '"1"', cuts: [100_000, 50_000, 1] });
  const got = await fetchData();
  expect(got.sha256).toBe(digest);
  expect(readFileSync(got.path).equals(content)).toBe(true);
  const ranges = server.asked.map(({ range, status }) => [range, status]);
  expect(ranges[0]).toEqual([undefined, 200]);
  expect(ranges.slice(1).every(([range, status]) => /^bytes=\d+-$/.test(String(range)) && status === 206)).toBe(true);
});

test("without ranges, or without a tag, it begins anew", async () => {
  server.files.set("/a.txt", { content, etag: '"1"', cuts: [100_000], ranges: false });
  expect((await fetchData()).sha256).toBe(digest);
  server.files.set("/b.txt", { content, cuts: [100_000] });
  const got = await download({ url: `${server.address}/b.txt`, directory: context.workingDirectory }, context);
  expect(got.sha256).toBe(digest);
});

test("a file that changed in between is not patched together", async () => {
  const changed = Buffer.from(content.toString().toUpperCase());
  server.files.set("/a.txt", { content, etag: '"1"', cuts: [100_000, 0] });
  expect((await catchFailure(fetchData())).code).toBe("DOWNLOAD_FAILED");
  server.files.set("/a.txt", { content: changed, etag: '"2"' });
  expect(readFileSync((await fetchData()).path).equals(changed)).toBe(true);
});

test("a half file that a dead process left is continued; one of a living process or of another machine is left alone", async () => {
  server.files.set("/a.txt", { content, etag: '"1"', cuts: [100_000, 0] });
  expect((await catchFailure(fetchData())).code).toBe("DOWNLOAD_FAILED");
  const part = readdirSync(directoryOf()).find((name) => name.startsWith("part.") && !name.endsWith(".json"))!;
  const dead = { ...identify(process.pid), pid: spawnSync(process.execPath, ["-e", ""]).pid };
  const rename = (from: string, owner: ProcessIdentity) => {
    const to = `part.${processName(owner)}.00000000`;
    for (const end of ["", ".json"])
      renameSync(path.join(directoryOf(), from + end), path.join(directoryOf(), to + end));
    return to;
  };
  const foreign = rename(part, { ...dead, machine: "0".repeat(12) });
  server.files.set("/a.txt", { content, etag: '"1"', cuts: [0] });
  expect((await catchFailure(fetchData())).code).toBe("DOWNLOAD_FAILED");
  expect(server.asked.at(-1)).toMatchObject({ range: undefined, status: 200 });
  const living = rename(foreign, identify(process.ppid));
  server.files.set("/a.txt", { content, etag: '"1"', cuts: [0] });
  expect((await catchFailure(fetchData())).code).toBe("DOWNLOAD_FAILED");
  expect(server.asked.at(-1)).toMatchObject({ range: undefined, status: 200 });
  rename(living, dead);
  expect((await fetchData()).sha256).toBe(digest);
  expect(server.asked.at(-1)).toMatchObject({ range: expect.stringMatching(/^bytes=\d+-$/), status: 206 });
});

test("once the file is whole, what dead processes have left beside it is removed; what living ones and other machines have is not", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  await fetchData();
  const dead = { ...identify(process.pid), pid: spawnSync(process.execPath, ["-e", ""]).pid };
  const leave = (owner: ProcessIdentity): string[] => {
    const part = `part.${processName(owner)}.0123abcd`;
    const names = [part, `${part}.json`, `${part}.json.7.0123abcd-4567.tmp`];
    for (const name of names) writeFileSync(path.join(directoryOf(), name), "half");
    return names;
  };
  leave(dead);
  const kept = [...leave(identify(process.ppid)), ...leave({ ...dead, machine: "0".repeat(12) })];
  expect((await fetchData(digest)).sha256).toBe(digest);
  expect(readdirSync(directoryOf()).sort()).toEqual([digest, "finished.json", ...kept].sort());
});

test("nothing is fetched twice: by digest without asking, else if the server says so", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  const first = await fetchData();
  expect(await fetchData(digest)).toEqual(first);
  expect(server.asked).toHaveLength(1);
  expect(await fetchData()).toEqual(first);
  expect(server.asked.at(-1)).toMatchObject({ status: 304 });
  server.files.set("/a.txt", { content: Buffer.from("new"), etag: '"2"' });
  expect(readFileSync((await fetchData()).path, "utf8")).toBe("new");
  expect(readFileSync(first.path).equals(content)).toBe(true);
});

test.each([
  ["torn", '{"sha256": "e3b0'],
  ["empty", ""],
  ["of another form", "null"],
  ["naming no digest", '{"sha256": 7, "etag": "\\"1\\""}'],
  ["naming a file outside", '{"sha256": "../../other", "etag": "\\"1\\""}'],
  ["naming content that is not there", `{"sha256": "${"0".repeat(64)}", "etag": "\\"1\\""}`],
])("a finished.json that is %s is not trusted: the file is fetched again", async (_, text) => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  const first = await fetchData();
  writeFileSync(path.join(directoryOf(), "finished.json"), text);
  expect(await fetchData()).toEqual(first);
  expect(server.asked.at(-1)).toMatchObject({ status: 200 });
  expect(await fetchData(digest)).toEqual(first);
  expect(server.asked).toHaveLength(2);
});

test("two simultaneous downloads do not disturb each other", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  const both = await Promise.all([fetchData(), fetchData()]);
  expect(both.map(({ sha256 }) => sha256)).toEqual([digest, digest]);
});

test("a wrong digest is an error that shows both, and the file is not kept", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  const wrong = "0".repeat(64);
  const failure = await catchFailure(fetchData(wrong));
  expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { expected: wrong, got: digest } });
  expect(failure.facts.where).not.toContain("secret");
  expect(readdirSync(directoryOf())).toEqual([]);
});

test.each([
  [404, "DATA_MISSING"],
  [410, "DATA_MISSING"],
  [401, "DATA_MISSING"],
  [403, "DATA_MISSING"],
  [429, "DOWNLOAD_FAILED"],
  [500, "DOWNLOAD_FAILED"],
  [503, "DOWNLOAD_FAILED"],
])("status %i: %s", async (status, code) => {
  server.files.set("/a.txt", { content, status });
  expect((await catchFailure(fetchData())).code).toBe(code);
});

test("no server at all", async () => {
  const address = server.address;
  await server.stop();
  const failure = await catchFailure(
    download({ url: `${address}/a.txt`, directory: context.workingDirectory }, context),
  );
  expect(failure.code).toBe("DOWNLOAD_FAILED");
  expect(failure.facts.got).toContain("ECONNREFUSED");
  await server.start();
});

test("told to stop in the middle, it stops and keeps the half file", async () => {
  server.files.set("/a.txt", { content, etag: '"1"' });
  context.onProgress = () => context.abort(new Error("stop"));
  await expect(fetchData()).rejects.toThrow("stop");
  expect(readdirSync(directoryOf()).some((name) => name.startsWith("part."))).toBe(true);
});
