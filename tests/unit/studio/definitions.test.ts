import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sha256 } from "../../../platform/digests.js";
import type { Visitor } from "../../../studio/server/admissions.js";
import type {
  CheckMessage,
  CompareMessage,
  ListedPipeline,
  PipelineMessage,
  PlanMessage,
} from "../../../studio/definition-messages.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";
import { openStudio } from "../../support/studio.js";

const home = useDirectory();
const project = useDirectory();

const lines = `name: lines
description: lines and tokens
inputs:
  size: { type: integer, minimum: 300, default: 300 }
stages:
  text:
    uses: dataset
    with: { source: { text: "a\\nb\\n" }, unit: line }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: "\${{ inputs.size }}" }
`;
const withCode = `name: code
stages:
  hello:
    uses: command
    with: { run: ["echo", "hello"] }
`;
const file = (name: string): string => path.join(project(), "pipelines", `${name}.yaml`);

beforeEach(() => {
  mkdirSync(path.join(project(), "pipelines"), { recursive: true });
  writeFileSync(file("lines"), lines);
});

interface Answer {
  status: number;
  body: unknown;
}

/** What the studio of the project answers to the page. */
async function ask(address: string, body?: unknown, who: "owner" | "other" = "other"): Promise<Answer> {
  const visitor: Visitor = { subject: who === "owner" ? "owner" : "anyone" };
  const studio = openStudio(home(), { admitted: [visitor] }, { project: project() });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await studio.ask(address, body === undefined ? {} : { method: "POST", body: text });
  return { status: response.status, body: await response.json() };
}

const written = (text: string, more: object = {}): object => ({
  text,
  file: "pipelines/lines.yaml",
  inputs: {},
  ...more,
});

describe("pipelines", () => {
  test("those of the project and those that Pawl ships are listed, with what they are", async () => {
    writeFileSync(file("broken"), "a: [");
    const { body } = await ask("/api/pipelines");
    const listed = body as ListedPipeline[];
    expect(listed.find(({ name }) => name === "lines")).toEqual({
      ...{ name: "lines", file: "pipelines/lines.yaml", isShipped: false, description: "lines and tokens" },
      inputs: ["size"],
      stages: [
        { id: "text", uses: "dataset" },
        { id: "tokens", uses: "tokenize" },
      ],
    });
    expect(listed.find(({ name }) => name === "tiny")).toMatchObject({ isShipped: true });
    expect(listed.find(({ name }) => name === "broken")).toMatchObject({
      stages: [],
      problem: { code: "YAML_SYNTAX" },
    });
  });

  test.each([
    ["none", "nothing", "PIPELINE_NOT_FOUND"],
    ["an address with ../", "../../etc/passwd", "PATH_TRAVERSAL"],
    ["an absolute path", "/etc/passwd", "PATH_TRAVERSAL"],
    ["a file of the project that is no pipeline", "package.json", "PIPELINE_NOT_FOUND"],
  ])("%s is opened: %s", async (_what, name, code) => {
    writeFileSync(path.join(project(), "package.json"), "{}");
    expect((await ask(`/api/pipelines/${encodeURIComponent(name)}`)).body).toMatchObject({ error: { code } });
  });

  const opened = async (): Promise<PipelineMessage> => (await ask("/api/pipelines/lines")).body as PipelineMessage;

  test("the owner saves a pipeline", async () => {
    const { digest } = await opened();
    const text = lines.replace("lines and tokens", "saved");
    const { body } = await ask("/api/pipelines/lines", { text, before: digest }, "owner");
    expect(body).toMatchObject({ text, digest: sha256(text), isOwner: true });
    expect(readFileSync(file("lines"), "utf8")).toBe(text);
  });

  test.each([
    ["of a visitor with a link", "lines", lines, "present", "other", "REQUEST_REFUSED"],
    ["over a file that has changed", "lines", lines, "older", "owner", "DATA_CHANGED"],
    ["as a new pipeline, over a file that exists", "lines", lines, "none", "owner", "DATA_CHANGED"],
    ["with a mistake", "lines", lines.replace("tokenize", "tokens"), "present", "owner", "UNKNOWN_STAGE_TYPE"],
    ["outside of pipelines/", "../evil", lines, "none", "owner", "PATH_TRAVERSAL"],
    ["to a hidden file", ".hidden", lines, "none", "owner", "PATH_TRAVERSAL"],
    ["through a link that leads out", "linked", lines, "none", "owner", "PATH_TRAVERSAL"],
  ] as const)("a save %s is refused", async (_what, name, text, base, who, code) => {
    symlinkSync(path.join(home(), "elsewhere.yaml"), file("linked"));
    const before = { present: sha256(lines), older: sha256("older"), none: null }[base];
    const { status, body } = await ask(`/api/pipelines/${encodeURIComponent(name)}`, { text, before }, who);
    expect(body).toMatchObject({ error: { code } });
    expect(status).not.toBe(200);
    expect(readFileSync(file("lines"), "utf8")).toBe(lines);
  });

  test("a pipeline that Pawl ships is saved as the project's own", async () => {
    const shipped = (await ask("/api/pipelines/tiny")).body as PipelineMessage;
    expect(shipped.isShipped).toBe(true);
    const saved = await ask("/api/pipelines/tiny", { text: shipped.text, before: null }, "owner");
    expect(saved.body).toMatchObject({ isShipped: false, file: "pipelines/tiny.yaml" });
  });
});

describe("a definition that is written", () => {
  test("has its graph, its inputs and its warnings", async () => {
    const { body } = await ask("/api/definitions/check", written(lines));
    expect(body as CheckMessage).toMatchObject({
      errors: [],
      inputs: [{ name: "size", kind: "integer", isRequired: false, minimum: 300, default: 300 }],
      stages: [
        { id: "text", uses: "dataset", needs: [], line: 6 },
        { id: "tokens", uses: "tokenize", needs: ["text"], line: 9 },
      ],
    });
  });

  test("has located errors, and its graph as far as it can be read", async () => {
    const { body } = await ask("/api/definitions/check", written(lines.replace("tokenize", "tokens")));
    expect(body as CheckMessage).toMatchObject({
      errors: [{ code: "UNKNOWN_STAGE_TYPE", line: 10, column: 11 }],
      stages: [{ id: "text" }, { id: "tokens", uses: "tokens", needs: ["text"], line: 9 }],
    });
  });

  test("with a wrong input has the error of the input", async () => {
    const { body } = await ask("/api/definitions/check", written(lines, { inputs: { size: 2 } }));
    expect((body as CheckMessage).errors).toMatchObject([{ code: "INPUT_INVALID" }]);
    expect((body as CheckMessage).errors[0]!.message).toMatch(/^inputs\.size/);
  });

  test("that is no YAML has the error of YAML, and no stages", async () => {
    const { body } = await ask("/api/definitions/check", written("a: ["));
    expect(body as CheckMessage).toMatchObject({ errors: [{ code: "YAML_SYNTAX" }], stages: [] });
  });

  test("is completed and explained", async () => {
    const text = lines.replace("tokenize", "tok");
    const offset = text.indexOf("uses: tok") + 9;
    const completed = await ask("/api/definitions/complete", { text, offset });
    expect(completed.body).toMatchObject({ from: offset - 3, to: offset });
    expect((completed.body as { options: { label: string }[] }).options.map(({ label }) => label)).toContain(
      "tokenize",
    );
    const hover = await ask("/api/definitions/hover", { text: lines, offset: lines.indexOf("vocabularySize") + 2 });
    expect(hover.body).toMatchObject({ title: "vocabularySize" });
  });

  test("has a plan with reasons", async () => {
    const { body } = await ask("/api/definitions/plan", written(lines));
    expect((body as PlanMessage).stages).toMatchObject([
      { stage: "text", verdict: "will run", reasons: ["it has not succeeded before"] },
      { stage: "tokens", verdict: "will run", reasons: ["text will run"] },
    ]);
  });

  test.each([
    ["no JSON", "{", "DATA_INVALID"],
    ["another form", { text: 1 }, "DATA_INVALID"],
    ["too much", written("#".repeat(9 << 20)), "FILE_TOO_LARGE"],
    ["a definition with mistakes", written("stages: {}"), "MISSING_KEY"],
  ])("of %s is not started", async (_what, body, code) => {
    expect((await ask("/api/definitions/start", body)).body).toMatchObject({ error: { code } });
  });

  test.each([
    ["by a visitor with a link", "other", "CODE_NOT_ALLOWED"],
    ["by the owner: there is no server here", "owner", "SERVER_UNREACHABLE"],
  ] as const)("with code is started %s", async (_what, who, code) => {
    const { body } = await ask("/api/definitions/start", written(withCode), who);
    expect(body).toMatchObject({ error: { code } });
  });

  test("with code is started by any visitor if it is a file of the project, without a change", async () => {
    writeFileSync(file("code"), withCode);
    const body = { text: withCode, file: "pipelines/code.yaml", inputs: {} };
    expect((await ask("/api/definitions/start", body)).body).toMatchObject({ error: { code: "SERVER_UNREACHABLE" } });
    const changed = { ...body, text: withCode.replace("hello", "other") };
    expect((await ask("/api/definitions/start", changed)).body).toMatchObject({ error: { code: "CODE_NOT_ALLOWED" } });
  });

  test("with code is started by any visitor if the operator allows it", async () => {
    process.env["PAWL_ALLOW_INLINE_CODE"] = "1";
    try {
      const { body } = await ask("/api/definitions/start", written(withCode));
      expect(body).toMatchObject({ error: { code: "SERVER_UNREACHABLE" } });
    } finally {
      delete process.env["PAWL_ALLOW_INLINE_CODE"];
    }
  });
});

describe("a fork", () => {
  const body = async (more: object = {}): Promise<object> => {
    const { body: definition } = await ask("/api/runs/poems-1/definition");
    const { text } = definition as { text: string };
    return { text, file: "definition", inputs: {}, set: [], ...more };
  };

  test.each([
    ["without an edit keeps all that is in the store", {}, "kept"],
    ["from a stage runs it again", { from: "base" }, "will run"],
    ["with a setting runs what it reaches", { set: ["stages.base.with.steps=7"] }, "will run"],
    ["with an input runs what it reaches", { inputs: { rate: 0.5 } }, "will run"],
  ])("%s", async (_what, more, verdict) => {
    await makeReportedRun(home());
    const { body: plan } = await ask("/api/runs/poems-1/fork/plan", await body(more));
    const { stages } = plan as PlanMessage;
    expect(stages.find(({ stage }) => stage === "text")?.verdict).toBe("kept");
    expect(stages.find(({ stage }) => stage === "base")?.verdict).toBe(verdict);
  });

  test("only up to a stage has no other stages", async () => {
    await makeReportedRun(home());
    const { body: plan } = await ask("/api/runs/poems-1/fork/plan", await body({ only: "tokens" }));
    expect((plan as PlanMessage).stages.map(({ stage }) => stage)).toEqual(["text", "tokens"]);
  });

  test.each([
    ["from a stage that does not exist", { from: "bass" }, "UNKNOWN_REFERENCE"],
    ["with a setting that names nothing", { set: ["steps=1"] }, "NOT_ALLOWED"],
    ["with an edit that is wrong", { set: ["stages.base.with.steps=many"] }, "WRONG_TYPE"],
    ["with a text that is wrong", { text: "a: [" }, "YAML_SYNTAX"],
  ])("%s is refused", async (_what, more, code) => {
    await makeReportedRun(home());
    const { body: plan } = await ask("/api/runs/poems-1/fork/plan", await body(more));
    expect(plan).toMatchObject({ error: { code } });
  });

  test("of a run that does not exist is refused", async () => {
    const given = { text: lines, file: "x", inputs: {}, set: [] };
    expect(await ask("/api/runs/nothing/fork/plan", given)).toMatchObject({
      status: 404,
      body: { error: { code: "RUN_NOT_FOUND" } },
    });
  });
});

describe("a comparison", () => {
  test("has what differs: settings, metrics with differences, samples", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), { runId: "poems-2", steps: 5, accuracy: 0.5, text: "another" });
    const { body } = await ask("/api/compare?run=poems-1&run=poems-2");
    const { runs, differences, metrics, samples } = body as CompareMessage;
    expect(runs.map(({ run }) => run)).toEqual(["poems-1", "poems-2"]);
    expect(differences[0]!.stages.find(({ stage }) => stage === "base")!.changes).toEqual([
      expect.stringContaining("with.steps is now 5"),
    ]);
    expect(metrics.find(({ name }) => name === "accuracy")).toMatchObject({
      stage: "judged",
      texts: ["75.0 % (65.0–85.0)", "50.0 % (40.0–60.0)"],
      differences: [null, "−25.0 points"],
    });
    expect(samples.every(({ texts }) => texts[0] !== texts[1])).toBe(true);
    expect(samples.length).toBeGreaterThan(0);
  });

  test.each([
    ["of one run", "run=poems-1", "OUT_OF_RANGE"],
    ["of seven runs", "abcdefg".replaceAll(/./g, "run=$&&"), "OUT_OF_RANGE"],
    ["with a run that does not exist", "run=poems-1&run=nothing", "RUN_NOT_FOUND"],
  ])("%s is refused", async (_what, query, code) => {
    await makeReportedRun(home());
    expect((await ask(`/api/compare?${query}`)).body).toMatchObject({ error: { code } });
  });
});

test.each(["/api/definitions/start", "/api/pipelines/lines", "/api/runs/poems-1/fork/start"])(
  "a page of another origin may not send %s",
  async (address) => {
    const { ask: send } = openStudio(home(), {}, { project: project() });
    const response = await send(address, { method: "POST", headers: { origin: "https://example.org" }, body: "{}" });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "REQUEST_REFUSED" } });
  },
);
