import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { create, extract, Header } from "tar";
import { sha256 } from "../../../platform/digests.js";
import type { Plan } from "../../../schemas/plan.js";
import type { StageState } from "../../../schemas/run.js";
import { hasArtifacts, openArtifact } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { findResult } from "../../../store/records/results.js";
import { childRuns, exportRun } from "../../../store/run-file/export-run.js";
import { importRun } from "../../../store/run-file/import-run.js";
import { findDefinition, findPlan, findRecord, savePlan } from "../../../store/records/runs.js";
import { parseIndex } from "../../../store/run-file/format.js";
import { sealed, unsealed } from "../../../store/records/seal.js";
import { storeId } from "../../../store/ownership/identity.js";
import { useDirectory } from "../../support/directory.js";
import { makeResult, makeRun, toState } from "../../support/made-store.js";
import type { ResultRecord } from "../../../store/records/record-types.js";

const directory = useDirectory();
const home = () => path.join(directory(), "home");
const other = () => path.join(directory(), "other");
const file = () => path.join(directory(), "run.tar.gz");
const text = "name: p\n";

let base: ResultRecord;
let chat: ResultRecord;
let stages: StageState[];

/** A run of two stages, of which the second made the pipeline's output. */
beforeEach(async () => {
  base = await makeResult(home(), "base", [], "run");
  chat = await makeResult(home(), "chat", [base.outputs["model"]!], "run");
  stages = [toState(base), toState(chat)];
  const signed = stages.map((stage) => ({ ...stage, receipt: "2".repeat(64), changesGrant: "3".repeat(64) }));
  const outputs = { model: { ...chat.outputs["model"]! } };
  await makeRun(home(), "run", "succeeded", signed, { outputs, execution: "execution" });
  const plan: Plan = {
    ...{ name: "p", definitionDigest: sha256(text), seed: 1, inputs: { steps: 5 }, stages: [], outputs: {} },
    ...{ project: "/somewhere", grant: { plan: "0".repeat(64), signature: "1".repeat(64) } },
  };
  await savePlan(home(), "run", plan, text);
});

const write = (more: Partial<Parameters<typeof exportRun>[1]> = {}) =>
  exportRun(home(), {
    ...{ runId: "run", keys: [base.key, chat.key], children: [], file: file(), all: false, version: "1.0.0", ...more },
  });
const read = (more: { id?: string; project?: string } = {}) =>
  importRun(other(), { file: file(), project: "/here", ...more });
const unpacked = () => path.join(directory(), "unpacked");

/** Changes what the file holds. @param names the entries; default: those that it had */
async function repack(change: () => void, names?: string[]): Promise<void> {
  mkdirSync(unpacked());
  const before: string[] = [];
  await extract({ file: file(), cwd: unpacked(), onReadEntry: ({ path }) => before.push(path) });
  change();
  const asExported = { portable: true, mtime: new Date(0) };
  await create({ file: file(), cwd: unpacked(), gzip: true, preservePaths: true, ...asExported }, names ?? before);
}

/** Nothing was imported. */
function expectNothing(): void {
  for (const at of [layout.objects(other()), layout.results(other()), layout.runs(other()), layout.temporary(other())])
    expect(existsSync(at) ? readdirSync(at) : []).toEqual([]);
}

test("a run goes to another store with the artifacts of its outputs, and comes from the cache there", async () => {
  const exported = await write();
  expect(exported).toMatchObject({ artifacts: [chat.outputs["model"]], all: false });
  expect(exported.results).toEqual([base.key, chat.key].sort());
  expect(await read()).toEqual({
    ...{ runId: "run", pipeline: "p", artifacts: [chat.outputs["model"]], results: [chat.key], children: [] },
  });
  const model = await openArtifact(other(), chat.outputs["model"]!);
  expect(readFileSync(path.join(model, "text"), "utf8")).toBe("chat");
  expect(hasArtifacts(other(), base.outputs)).toBe(false);
  expect(await findResult(other(), chat.key)).toEqual(chat);
  expect(await findDefinition(other(), "run")).toBe(text);
  expect(await findPlan(other(), "run")).toMatchObject({ name: "p", inputs: { steps: 5 }, project: "/here" });
  expect(await findPlan(other(), "run")).not.toHaveProperty("grant");
  const record = await findRecord(other(), "run");
  expect(record).toMatchObject({ status: "succeeded", store: await storeId(other()) });
  // Signatures of the other home's key mean nothing here.
  expect(record!.stages).toEqual(stages);
  expect(record!.execution).toBeUndefined();
});

test("with all artifacts every result can be used, and another id and the same bytes are possible", async () => {
  await write({ all: true });
  const again = path.join(directory(), "again.tar.gz");
  await write({ all: true, file: again });
  expect(readFileSync(again).equals(readFileSync(file()))).toBe(true);
  expect((await read({ id: "mine" })).results).toEqual([base.key, chat.key].sort());
  expect(await findRecord(other(), "mine")).toMatchObject({ runId: "mine", pipeline: "p" });
  expect(await findRecord(other(), "run")).toBeUndefined();
});

describe("a run with child pipelines", () => {
  const children = ["run.trial", "run.trial.last"];
  let [first, last]: ResultRecord[] = [];
  beforeEach(async () => {
    [first, last] = [await makeResult(home(), "first", [], "run.trial"), await makeResult(home(), "last", [], "x")];
    const childOf = (run: string): StageState => ({ ...toState(), id: run.split(".").at(-1)!, child: { run } });
    await makeRun(home(), "run", "succeeded", [...stages, childOf("run.trial")]);
    const parent = { run: "run", stage: "trial" };
    await makeRun(
      home(),
      "run.trial",
      "failed",
      [toState(first), childOf("run.trial.last"), childOf("run.trial.gone")],
      { parent },
    );
    await makeRun(home(), "run.trial.last", "succeeded", [toState(last)], {
      parent: { run: "run.trial", stage: "last" },
    });
    const plan = { ...(await findPlan(home(), "run"))! };
    for (const id of children) await savePlan(home(), id, plan, text);
  });
  const writeAll = () =>
    write({
      all: true,
      children: [
        { runId: "run.trial", keys: [first!.key] },
        { runId: "run.trial.last", keys: [last!.key] },
      ],
    });

  test("takes along their records, results and artifacts; a child that the store does not have is left out", async () => {
    expect(await childRuns(home(), "run")).toEqual(children);
    expect(await writeAll()).toMatchObject({ children, results: expect.arrayContaining([first!.key, last!.key]) });
    expect(await read()).toMatchObject({ children, results: expect.arrayContaining([first!.key, last!.key]) });
    for (const { key, outputs } of [first!, last!]) {
      expect(await findResult(other(), key)).toBeDefined();
      expect(hasArtifacts(other(), outputs)).toBe(true);
    }
    expect(await findRecord(other(), "run.trial")).toMatchObject({ status: "failed", parent: { run: "run" } });
    expect(await findDefinition(other(), "run.trial.last")).toBe(text);
    expect(await findPlan(other(), "run.trial")).not.toHaveProperty("grant");
    expect(await childRuns(other(), "run")).toEqual(children);
    const provenance = readFileSync(path.join(layout.run(other(), "run"), "provenance.json"), "utf8");
    for (const stage of ["base", "trial.first", "trial.last.last"]) expect(provenance).toContain(`"${stage}": {`);
  });

  test("gets another id with its children", async () => {
    await writeAll();
    const ids = ["mine.trial", "mine.trial.last"];
    expect(await read({ id: "mine" })).toMatchObject({ runId: "mine", children: ids });
    expect(await childRuns(other(), "mine")).toEqual(ids);
    expect(await findRecord(other(), "mine.trial.last")).toMatchObject({ parent: { run: "mine.trial" } });
    expect(await findRecord(other(), "run.trial")).toBeUndefined();
  });
});

test("a run whose outputs name no artifact takes those of all stages", async () => {
  await makeRun(home(), "run", "failed", stages);
  expect(await write()).toMatchObject({ artifacts: [base.outputs["model"], chat.outputs["model"]], all: true });
});

test("the provenance is an in-toto statement over the artifacts' files", async () => {
  await write();
  await read();
  const statement = JSON.parse(
    readFileSync(path.join(layout.run(other(), "run"), "provenance.json"), "utf8"),
  ) as object;
  const { digest } = chat.outputs["model"]!;
  expect(statement).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      { name: `artifacts/${digest}/manifest.json`, digest: { sha256: digest } },
      { name: `artifacts/${digest}/text`, digest: { sha256: sha256("chat") } },
    ],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        externalParameters: { pipeline: "p", inputs: { steps: 5 }, seed: 1 },
        internalParameters: { stages: { chat: { key: chat.key, run: "run", outputs: { model: digest } } } },
        resolvedDependencies: [{ name: "pipeline.yaml", digest: { sha256: sha256(text) } }],
      },
      runDetails: { builder: { version: { pawl: "1.0.0" } }, metadata: { invocationId: "run" } },
    },
  });
  expect(JSON.stringify(statement)).not.toContain("somewhere");
});

test("importing again, or after a kill in between, completes what is missing and changes nothing else", async () => {
  await write();
  await read();
  rmSync(path.join(layout.run(other(), "run"), "record.json"));
  rmSync(layout.object(other(), chat.outputs["model"]!.digest), { recursive: true });
  await read();
  const record = readFileSync(path.join(layout.run(other(), "run"), "record.json"), "utf8");
  expect(hasArtifacts(other(), chat.outputs)).toBe(true);
  await read();
  expect(readFileSync(path.join(layout.run(other(), "run"), "record.json"), "utf8")).toBe(record);
  expect(readdirSync(layout.temporary(other()))).toEqual([]);
});

test("an export replaces no file and needs a run that has ended, with its definition and artifacts", async () => {
  await write();
  await expect(write()).rejects.toMatchObject({ code: "NOT_ALLOWED", facts: { where: file() } });
  const to = path.join(directory(), "new.tar.gz");
  rmSync(layout.object(home(), base.outputs["model"]!.digest), { recursive: true });
  await expect(write({ file: to, all: true })).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  await makeRun(home(), "run", "running", stages);
  await expect(write({ file: to })).rejects.toMatchObject({ code: "NOT_ALLOWED", facts: { got: "running" } });
  rmSync(path.join(layout.run(home(), "run"), "pipeline.yaml"));
  await expect(write({ file: to })).rejects.toMatchObject({ code: "DATA_MISSING" });
  expect(readdirSync(directory()).sort()).toEqual(["home", "run.tar.gz"]);
});

test("another run of the same id stays", async () => {
  await write();
  await makeRun(other(), "run", "failed", [], { startedAt: "2026-02-02T00:00:00.000Z" });
  await expect(read()).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    message: expect.stringContaining("the store has another run run"),
  });
  expect(await findRecord(other(), "run")).toMatchObject({ status: "failed" });
});

/** The bytes of everything in a directory of a run. */
const filesOf = (at: string) =>
  Object.fromEntries(readdirSync(at).map((name) => [name, readFileSync(path.join(at, name), "utf8")]));

test("importing one's own export changes nothing: the run keeps its grant and its project", async () => {
  await write();
  const before = filesOf(layout.run(home(), "run"));
  await importRun(home(), { file: file(), project: "/here" });
  const { "provenance.json": _added, ...after } = filesOf(layout.run(home(), "run"));
  expect(after).toEqual(before);
  expect(await findPlan(home(), "run")).toMatchObject({ project: "/somewhere", grant: { plan: "0".repeat(64) } });
});

test.each<[string, () => Promise<void>]>([
  [
    "another plan of the same definition",
    async () => savePlan(other(), "run", { ...(await findPlan(other(), "run"))!, inputs: { steps: 6 } }, text),
  ],
  ["another state of the run", () => makeRun(other(), "run", "cancelled", stages)],
])("%s in the store is not changed", async (_, change) => {
  await write();
  await read();
  await change();
  const before = filesOf(layout.run(other(), "run"));
  await expect(read()).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  expect(filesOf(layout.run(other(), "run"))).toEqual(before);
  expect(await read({ id: "mine" })).toMatchObject({ runId: "mine" });
});

test.each([0, 1, 10, 200, -1, -9, -40])("a file that is cut at %d bytes is refused", async (length) => {
  const { bytes } = await write();
  truncateSync(file(), length < 0 ? bytes + length : length);
  await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID", facts: { where: file() } });
  expectNothing();
});

test("a file that is none, or none there, is refused", async () => {
  await expect(read()).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  writeFileSync(file(), "not an archive");
  await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID" });
  rmSync(file());
  mkdirSync(file());
  await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID" });
  expectNothing();
});

const inArtifact = (name: string) => path.join(unpacked(), "artifacts", chat.outputs["model"]!.digest, name);
const changeIndex = (change: (index: { files: { path: string; sha256: string; size: number }[] }) => void) => {
  const name = path.join(unpacked(), "index.json");
  const index = unsealed(readFileSync(name, "utf8")) as never;
  change(index);
  writeFileSync(name, sealed(index));
};
/** Changes a file, and the index with it. */
const forge = (name: string, content: string) => {
  writeFileSync(path.join(unpacked(), name), content);
  changeIndex(({ files }) =>
    Object.assign(
      files.find((entry) => entry.path === name)!,
      { sha256: sha256(content), size: content.length },
    ),
  );
};

const recordText = () => readFileSync(path.join(unpacked(), "run/record.json"), "utf8");

describe("a changed file is refused:", () => {
  test.each<[string, () => void, RegExp]>([
    ["an artifact's file", () => writeFileSync(inArtifact("text"), "cHat"), /text has changed/],
    ["its size", () => writeFileSync(inArtifact("text"), "chats"), /text has 5 bytes instead of 4/],
    ["the record", () => writeFileSync(path.join(unpacked(), "run/record.json"), "{}"), /record.json has 2 bytes/],
    ["the index", () => writeFileSync(path.join(unpacked(), "index.json"), "{}"), /index.json is damaged/],
    ["the record and the index", () => forge("run/record.json", "{}"), /record.json is damaged/],
    [
      "the definition and the index",
      () => forge("run/pipeline.yaml", "name: q\n"),
      /pipeline.yaml of run is not what plan.json was made from/,
    ],
    [
      "the id of the run",
      () => changeIndex((index) => Object.assign(index, { runId: "victim" })),
      /holds the run run as victim/,
    ],
    [
      "the number of attempts",
      () => {
        const record = unsealed(recordText())! as { stages: object[] };
        forge("run/record.json", sealed({ ...record, stages: [{ ...record.stages[0], attempts: 1e300 }] }));
      },
      /form of another version/,
    ],
    [
      "the status of the run",
      () => forge("run/record.json", sealed({ ...unsealed(recordText())!, status: "running" })),
      /the run run has not ended: it is running/,
    ],
    ["a result and the index", () => forge(`results/${chat.key}.json`, sealed(base)), /is the result of another key/],
    [
      "an artifact and the index",
      () => forge(`artifacts/${chat.outputs["model"]!.digest}/text`, "cHat"),
      /provenance.json is not about its artifacts/,
    ],
    [
      "an artifact, the provenance and the index",
      () => {
        const { digest } = chat.outputs["model"]!;
        forge(`artifacts/${digest}/text`, "cHat");
        const statement = readFileSync(path.join(unpacked(), "provenance.json"), "utf8");
        forge("provenance.json", statement.replace(sha256("chat"), sha256("cHat")));
      },
      /are not those of its manifest/,
    ],
    ["a name in the index", () => changeIndex(({ files }) => (files[0]!.path = "run/other")), /lists run\/other/],
    ["an entry of the index", () => changeIndex(({ files }) => files.shift()), /does not list provenance.json/],
    [
      "a stage type of the record",
      () => {
        const record = unsealed(readFileSync(path.join(unpacked(), "run/record.json"), "utf8")) as {
          stages?: object[];
        };
        const stages = [{ ...record.stages![0], uses: "distill" }];
        forge("run/record.json", sealed({ ...record, stages }));
      },
      /record.json has the form of another version of Pawl/,
    ],
    ["its format", () => changeIndex((index) => Object.assign(index, { format: 2 })), /of another version of Pawl/],
    ["a field of the index", () => changeIndex((index) => Object.assign(index, { results: [1] })), /lacks something/],
  ])("%s", async (_, change, message) => {
    await write();
    await repack(change);
    await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID", message: expect.stringMatching(message) });
    expectNothing();
  });

  test("an entry that is missing, and one that no index lists", async () => {
    await write();
    copyFileSync(file(), `${file()}.whole`);
    await repack(() => writeFileSync(inArtifact("extra"), "x"), ["index.json", "artifacts", "provenance.json"]);
    await expect(read()).rejects.toMatchObject({ code: "PATH_TRAVERSAL" });
    rmSync(unpacked(), { recursive: true });
    copyFileSync(`${file()}.whole`, file());
    await repack(() => undefined, ["index.json", "provenance.json"]);
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining("run/pipeline.yaml is missing") });
    expectNothing();
  });
});

describe("an entry that leads out of the directory, or could lead another one, is refused:", () => {
  test.each<[string, ConstructorParameters<typeof Header>[0]]>([
    ["up", { type: "File", path: "../out" }],
    ["up in the middle", { type: "File", path: "run/../../out" }],
    ["absolute", { type: "File", path: "/tmp/out" }],
    ["with a drive", { type: "File", path: "C:/out" }],
    ["with backslashes", { type: "File", path: "run\\out" }],
    ["a link", { type: "SymbolicLink", path: "run", linkpath: "/etc" }],
    ["a hard link", { type: "Link", path: "second", linkpath: "index.json" }],
    ["a directory", { type: "Directory", path: "run/" }],
    ["a device", { type: "CharacterDevice", path: "null", devmaj: 1, devmin: 3 }],
  ])("%s", async (_, entry) => {
    await write();
    replaceRest(headerOf(entry), Buffer.alloc(1024));
    await expect(read()).rejects.toMatchObject({ code: "PATH_TRAVERSAL", facts: { where: file() } });
    expectNothing();
  });
});

const headerOf = (entry: ConstructorParameters<typeof Header>[0]): Buffer => {
  const block = Buffer.alloc(512);
  new Header({ mode: 0o644, size: 0, ...(entry as object) }).encode(block);
  return block;
};
/** Puts something else behind the index. */
const replaceRest = (...rest: Buffer[]): void => {
  const archive = gunzipSync(readFileSync(file()));
  const { size } = new Header(archive);
  writeFileSync(file(), gzipSync(Buffer.concat([archive.subarray(0, 512 + 512 * Math.ceil(size! / 512)), ...rest])));
};

describe("what unpacks to more than its index says is refused by the first entry that shows it:", () => {
  const large = 2 ** 30 + 1;
  // The archive ends behind the header: whoever reads on finds it truncated.
  test.each<[string, () => string, RegExp]>([
    ["an entry that the index does not list", () => "results/more", /results\/more is not in its index/],
    ["one that is larger than the index says", () => "run/record.json", /record.json has 1073741825 bytes instead of/],
    ["a second index", () => "index.json", /index.json is in it twice/],
  ])("%s", async (_, name, message) => {
    await write();
    replaceRest(headerOf({ type: "File", path: name(), size: large }));
    await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID", message: expect.stringMatching(message) });
    expectNothing();
  });

  test("an entry that comes twice", async () => {
    await write();
    const [name, content] = ["run/pipeline.yaml", Buffer.alloc(512)];
    content.write(text);
    const entry = [headerOf({ type: "File", path: name, size: text.length }), content];
    replaceRest(...entry, ...entry);
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining(`${name} is in it twice`) });
    expectNothing();
  });

  test("an archive that does not begin with its index, or is compressed twice", async () => {
    await write();
    const whole = readFileSync(file());
    for (const changed of [
      Buffer.concat([headerOf({ type: "File", path: "run/pipeline.yaml", size: large })]),
      Buffer.concat([headerOf({ type: "File", path: "index.json/x", size: large })]),
      Buffer.concat([headerOf({ type: "File", path: "index.json", size: large })]),
      whole,
    ]) {
      writeFileSync(file(), gzipSync(changed));
      const message = expect.stringMatching(/begin with index.json|no index.json of a usual size/);
      await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID", message });
    }
    expectNothing();
  });

  test("an archive with more behind its end", async () => {
    await write();
    const archive = gunzipSync(readFileSync(file()));
    writeFileSync(file(), gzipSync(Buffer.concat([archive, Buffer.alloc(512 * 1024)])));
    await expect(read()).rejects.toMatchObject({
      ...{ code: "RUN_FILE_INVALID", message: expect.stringContaining("unpacks to more than its index lists") },
    });
    expectNothing();
  });

  test.each<[string, string, number, RegExp]>([
    ["a file of an artifact", "text", large, /far more than its size/],
    ["a manifest", "manifest.json", 64 * 2 ** 20 + 1, /manifest.json with 67108865 bytes/],
    ["the plan", "run/plan.json", 64 * 2 ** 20 + 1, /plan.json with 67108865 bytes/],
  ])("an index that lists %s larger than such a file can be", async (_, name, size, message) => {
    await write();
    await repack(
      () => changeIndex(({ files }) => (files.find((entry) => entry.path.endsWith(name))!.size = size)),
      ["index.json"],
    );
    await expect(read()).rejects.toMatchObject({ code: "RUN_FILE_INVALID", message: expect.stringMatching(message) });
    expectNothing();
  });

  test("an index with more files than a run has", () => {
    const { digest } = chat.outputs["model"]!;
    const files = Array.from({ length: 100_001 }, (_, i) => ({
      path: `artifacts/${digest}/${i}`,
      size: 0,
      sha256: digest,
    }));
    const index = {
      ...{ format: 1, runId: "r", pipeline: "p", results: [], artifacts: [chat.outputs["model"]] },
      files,
    };
    expect(() => parseIndex(sealed(index), file())).toThrow(/lists 100001 files, more than 100000/);
  });
});
