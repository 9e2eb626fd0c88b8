import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Type } from "@sinclair/typebox";
import { Hono } from "hono";
import { readQueryFile } from "../../../activities/dataset/tables/query.js";
import { readPipelineFile } from "../../../api/definitions/pipeline-file.js";
import { readRates } from "../../../api/reading/rates.js";
import { readInputs } from "../../../cli/inputs.js";
import type { PawlError } from "../../../platform/errors.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { readPipelineFile as readAsked } from "../../../worker/project/pipeline-file.js";
import { readBody } from "../../../studio/server/request-body.js";
import { readItems } from "../../../worker/bookkeeping/read-items.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
/** Node would read the byte of é as U+FFFD. */
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

async function readList(): Promise<unknown> {
  const artifact = await putArtifact(directory(), "files", (to) => {
    mkdirSync(path.join(to, "files"));
    writeFileSync(path.join(to, "files", "list.jsonl"), latin1('"a"\n"café"\n'));
  });
  return readItems(directory(), { stage: "each", artifact });
}

test.each<[string, string, string, () => Promise<unknown>, string, string]>([
  [
    "a pipeline that is compiled",
    "pipelines/p.yaml",
    "name: p\ndescription: café\n",
    () => readPipelineFile("p", directory()),
    "YAML_SYNTAX",
    "pipelines/p.yaml:2:17",
  ],
  [
    "a pipeline that a request names",
    "pipelines/p.yaml",
    "name: p\ndescription: café\n",
    () => readAsked("p", directory(), path.join(directory(), ".pawl")),
    "YAML_SYNTAX",
    "pipelines/p.yaml:2:17",
  ],
  [
    "a query",
    "q.sql",
    "SELECT 'café' AS text",
    () => readQueryFile("q.sql", directory(), "with.query.file"),
    "QUERY_INVALID",
    "q.sql:1:12",
  ],
  ["rates", "rates.yaml", "currency: café\n", () => readRates(directory()), "YAML_SYNTAX", "rates.yaml:1:14"],
  [
    "inputs",
    "inputs.json",
    '{"s": "café"}',
    () => readInputs({ input: [], inputs: path.join(directory(), "inputs.json") }, "inputs:\n  s: { type: string }\n"),
    "INPUT_INVALID",
    "inputs.json:1:11",
  ],
  ["the list of foreach", "unused", "", readList, "DATA_INVALID", "stages.each: list.jsonl:2:5"],
])("%s in Latin-1 is refused at its byte", async (_what, file, text, read, code, where) => {
  mkdirSync(path.dirname(path.join(directory(), file)), { recursive: true });
  writeFileSync(path.join(directory(), file), latin1(text));
  await expect(read()).rejects.toMatchObject({
    code,
    message: "the file is not UTF-8",
    facts: { where: expect.stringMatching(new RegExp(`${where.replaceAll(".", "\\.")}$`)), got: "the byte 0xe9" },
  });
});

test("a request of the studio's page that is not UTF-8 is refused", async () => {
  const read = new Hono().post("/check", async (c) => c.json(await readBody(c, Type.Object({}))));
  read.onError((error, c) => c.json({ code: (error as PawlError).code, facts: (error as PawlError).facts }));
  const response = await read.request("/check", { method: "POST", body: latin1('{"text": "café"}') });
  expect(await response.json()).toMatchObject({
    code: "DATA_INVALID",
    facts: { where: "/check:1:14", got: "the byte 0xe9" },
  });
});
