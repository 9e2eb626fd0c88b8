import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { validatePipeline } from "../../../compiler/compile.js";
import type { PipelineErrors } from "../../../compiler/errors.js";
import { openTable } from "../../../activities/tables/open.js";
import { FileServer } from "./file-server.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, runDataset } from "../../support/datasets.js";
import { testWithPython } from "../../support/python.js";
import { makeZip, type ZipEntry } from "../../support/zip.js";

// Nothing here depends on time; a busy machine must not fail it.

const rows = (...texts: string[]) => texts.map((text) => `${JSON.stringify({ text })}\n`).join("");
const metadata = (...lines: string[]): ZipEntry => ({
  name: "some_data-1.2.dist-info/METADATA",
  content: ["Metadata-Version: 2.1", "Name: some-data", "Version: 1.2", ...lines, "", "License: not this one"].join(
    "\n",
  ),
});
const entries: ZipEntry[] = [
  { name: "some_data/", content: "" },
  { name: "some_data/__init__.py", content: "raise SystemExit('nobody runs this')" },
  { name: "some_data/rows-a.jsonl", content: rows("a 1", "a 2") },
  { name: "some_data/rows-b.jsonl", content: rows("b 1") },
  { name: "some_data/table.csv", content: "id,name\n1,x\n" },
  metadata("License-Expression: CC-BY-4.0"),
];
const wheelName = "some_data-1.2-py3-none-any.whl";
const digestOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

let context: TestContext;
let server: FileServer;
beforeEach(async () => {
  context = testContext();
  server = new FileServer();
  await server.start();
  process.env["PIP_INDEX_URL"] = `${server.address}/simple`;
});
afterEach(async () => {
  delete process.env["PIP_INDEX_URL"];
  await server.stop();
  context.remove();
});

/**
 * Serves files of the package as an index does; gives the digest that its page says the first one
 * has.
 */
function serve(
  files: readonly { name: string; content: Buffer; listed?: string }[],
  as: "json" | "html" = "html",
): string {
  const page = files.map(({ name, content, listed }) => ({ name, sha256: listed ?? digestOf(content) }));
  const html = page
    .map(({ name, sha256 }) => `<a href="../../files/${name}#sha256=${sha256}">${name}</a><br/>`)
    .join("");
  const json = {
    files: page.map(({ name, sha256 }) => ({ filename: name, url: `/files/${name}`, hashes: { sha256 } })),
  };
  const content = Buffer.from(
    as === "json" ? JSON.stringify(json) : `<!DOCTYPE html><html><body>${html}</body></html>`,
  );
  const type = as === "json" ? "application/vnd.pypi.simple.v1+json" : "text/html";
  server.files.set("/simple/some-data/", { content, type });
  for (const file of files) server.files.set(`/files/${file.name}`, { content: file.content });
  return page[0]!.sha256;
}

const serveWheel = (all: readonly ZipEntry[] = entries) => serve([{ name: wheelName, content: makeZip(all) }]);
const source = (sha256: string, more: object = {}) => ({
  source: { pypi: "Some.Data==1.2", path: "some_data/rows-*.jsonl", sha256, ...more },
});
const texts = (train: object[]) => train.map((row) => (row as { text: string }).text);

test.each(["json", "html"] as const)("files of a wheel, from an index in %s; the license is recorded", async (as) => {
  const sha256 = serve([{ name: wheelName, content: makeZip(entries) }], as);
  const { train, outputs } = await runDataset(context, source(sha256));
  expect(texts(train)).toEqual(["a 1", "a 2", "b 1"]);
  const facts: unknown = JSON.parse(
    readFileSync(path.join(await context.openArtifact(outputs.train), "dataset.json"), "utf8"),
  );
  expect(facts).toMatchObject({ source: "wheel Some.Data==1.2: some_data/rows-*.jsonl", license: "CC-BY-4.0" });
  expect(context.logged.join("\n")).not.toContain("not pinned");
});

test("a wheel that was downloaded before needs no index, and gives the same bytes", async () => {
  const sha256 = serveWheel();
  const first = await runDataset(context, source(sha256));
  const before = server.asked.length;
  server.files.clear();
  expect((await runDataset(context, source(sha256))).outputs).toEqual(first.outputs);
  expect(server.asked).toHaveLength(before);
});

test("a kept wheel that is damaged is downloaded again", async () => {
  const sha256 = serveWheel();
  await runDataset(context, source(sha256));
  const downloads = path.join(context.home, "downloads");
  const [kept] = readdirSync(downloads).filter((name) => name !== "unpacked");
  writeFileSync(path.join(downloads, kept!, sha256), "damaged");
  expect(texts((await runDataset(context, source(sha256))).train)).toHaveLength(3);
});

test("a table is read from a wheel as from any other source", async () => {
  const sha256 = serveWheel();
  const from = { pypi: "some-data==1.2", path: "some_data/table.csv", sha256, format: "auto" } as const;
  const table = await openTable(from, "with.nodes", context);
  expect(table.columns).toEqual(["id", "name"]);
  await table.close();
});

test.each([
  ["License", ["License: MIT"], "MIT"],
  ["classifiers", ["License: UNKNOWN", "Classifier: License :: OSI Approved :: MIT License"], "MIT License"],
  ["the text of a license", [`License: ${"word ".repeat(50)}`], undefined],
  ["nothing", [], undefined],
])("the license out of %s", async (_, lines, expected) => {
  const sha256 = serveWheel([entries[2]!, metadata(...lines)]);
  const { outputs } = await runDataset(context, source(sha256));
  const facts = readFileSync(path.join(await context.openArtifact(outputs.train), "dataset.json"), "utf8");
  expect((JSON.parse(facts) as { license?: string }).license).toBe(expected);
});

test("the index's password goes to the index, and is shown nowhere", async () => {
  const sha256 = serveWheel();
  process.env["PIP_INDEX_URL"] = `${server.address.replace("//", "//me:very-secret@")}/simple/`;
  await runDataset(context, source(sha256));
  const expected = `Basic ${Buffer.from("me:very-secret").toString("base64")}`;
  expect(server.asked.map(({ authorization }) => authorization)).toEqual([expected, expected]);
  expect(context.logged.join("\n")).not.toContain("very-secret");
});

describe("what is refused", () => {
  const expectFailure = async (settings: object, code: string, ...shown: string[]) => {
    const failure = await catchFailure(runDataset(context, settings));
    expect(failure.code).toBe(code);
    for (const text of shown) expect([failure.message, ...Object.values(failure.facts)].join("\n")).toContain(text);
  };

  test("a digest that no file of the version has: the error lists those there are", async () => {
    const sha256 = serveWheel();
    await expectFailure(source("0".repeat(64)), "DATA_INVALID", "with.source.sha256", `${wheelName} ${sha256}`);
  });

  test("a wheel that is not what the index says", async () => {
    const listed = "1".repeat(64);
    serve([{ name: wheelName, content: makeZip(entries), listed }]);
    await expectFailure(source(listed), "DATA_INVALID", "the SHA-256 of the download is not the expected one");
  });

  test("a version that does not exist: the error lists those there are", async () => {
    const sha256 = serveWheel();
    const failing = source(sha256, { pypi: "some-data==9.9" });
    await expectFailure(failing, "DATA_MISSING", "no wheel of some-data 9.9", "the newest with a wheel: 1.2");
  });

  test("a package that does not exist", async () => {
    await expectFailure(source("0".repeat(64), { pypi: "nothing==1" }), "DATA_MISSING", "/simple/nothing/");
  });

  test("a wheel without the named file: the error lists what is there", async () => {
    const sha256 = serveWheel();
    await expectFailure(source(sha256, { path: "other/*.csv" }), "DATA_MISSING", "with.source.path", "rows-a.jsonl");
  });

  test("a version that has only an archive of another kind", async () => {
    const sdist = { name: "some_data-1.2.tar.gz", content: gzipSync("a tar") };
    const sha256 = serve([sdist]);
    await expectFailure(source(sha256), "DATA_MISSING", "no wheel of Some.Data 1.2");
  });

  test("a wheel that is no zip archive", async () => {
    const sha256 = serve([{ name: wheelName, content: Buffer.from("not a zip archive, though it says so") }]);
    await expectFailure(source(sha256), "DATA_INVALID", "cannot be unpacked");
  });

  test.each(["../rows-a.jsonl", "/rows-a.jsonl", "some_data/../../rows-a.jsonl", "some_data\\..\\rows.jsonl"])(
    "a wheel with the name %s, whichever file is wanted",
    async (name) => {
      const sha256 = serveWheel([...entries, { name, content: rows("out") }]);
      await expectFailure(source(sha256), "DATA_INVALID", "cannot be unpacked");
    },
  );

  test("two files of one name", async () => {
    const sha256 = serveWheel([...entries, { name: "some_data/rows-a.jsonl", content: rows("other") }]);
    await expectFailure(source(sha256), "DATA_INVALID", "two files have the name some_data/rows-a.jsonl");
  });

  test("a file that unpacks to far more than the wheel's size", async () => {
    const content = Buffer.from(rows("a"));
    const sha256 = serveWheel([{ name: "some_data/rows-a.jsonl", content, claimedSize: 2 ** 31 }]);
    await expectFailure(source(sha256), "DATA_INVALID", "unpacks to far more than its size");
  });

  test("a file that is larger than the wheel says", async () => {
    const content = rows("a ".repeat(10_000));
    const sha256 = serveWheel([{ name: "some_data/rows-a.jsonl", content, claimedSize: 100 }]);
    await expectFailure(source(sha256), "DATA_INVALID", "cannot be unpacked", "rows-a.jsonl");
    expect(readdirSync(path.join(context.home, "downloads", "unpacked", sha256))).toEqual([]);
  });

  test("an index that does not answer is asked again later", async () => {
    server.files.set("/simple/some-data/", { content: Buffer.from(""), status: 503 });
    await expectFailure(source("0".repeat(64)), "DOWNLOAD_FAILED", "503");
  });

  test("a page that is none of an index", async () => {
    server.files.set("/simple/some-data/", {
      content: Buffer.from("{}"),
      type: "application/vnd.pypi.simple.v1+json",
    });
    await expectFailure(source("0".repeat(64)), "DATA_INVALID", "not an index of Python packages");
  });

  test("an index that is no address", async () => {
    process.env["PIP_INDEX_URL"] = "somewhere";
    await expectFailure(source("0".repeat(64)), "SETUP_FAILED", "PIP_INDEX_URL");
  });
});

testWithPython(["pip"], "without PIP_INDEX_URL it is pip that says which index it uses", async () => {
  const sha256 = serveWheel();
  delete process.env["PIP_INDEX_URL"];
  const configuration = path.join(context.workingDirectory, "pip.conf");
  writeFileSync(configuration, `[global]\nindex-url = ${server.address}/simple\n`);
  process.env["PIP_CONFIG_FILE"] = configuration;
  try {
    expect(texts((await runDataset(context, source(sha256))).train)).toHaveLength(3);
  } finally {
    delete process.env["PIP_CONFIG_FILE"];
  }
});

test.each([
  ["pypi: some-data==1.2, path: a.csv", "needs sha256, which pins the wheel"],
  [`pypi: some-data==1.2, sha256: ${"a".repeat(64)}`, "needs path, the file inside the package"],
  [`pypi: some-data, path: a.csv, sha256: ${"a".repeat(64)}`, "source.pypi"],
  [`pypi: "a==1 --index-url x", path: a.csv, sha256: ${"a".repeat(64)}`, "source.pypi"],
  [`package: some-data, path: a.csv, sha256: ${"a".repeat(64)}`, "is only valid with pypi or url"],
])("{ %s } is refused before anything runs: %s", async (given, expected) => {
  const text = `name: x\nstages:\n  a:\n    uses: dataset\n    with: { source: { ${given} } }\n`;
  const failure = await validatePipeline({ text }).then(
    () => undefined,
    (error: PipelineErrors) => error,
  );
  expect(failure?.errors.map(({ message }) => message).join("\n")).toContain(expected);
});
