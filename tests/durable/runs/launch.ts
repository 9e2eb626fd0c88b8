import { defaultPayloadConverter } from "@temporalio/common";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { layout } from "../../../store/home.js";
import { findDefinition, findPlan, findRecord } from "../../../store/records/runs.js";
import { temporalCliPath } from "../../../platform/program/locations.js";
import { taskQueues, workflowType, type RunRequest } from "../../../schemas/run.js";
import { runFailure, queryRunState, type Run } from "../support/fleet.js";
import { stage, type Program } from "../support/plans.js";
import { fleet } from "./fleet.js";

const call = promisify(execFile);

/** A definition of one test stage, in YAML. */
const definition = (program: Program, name = "counting"): string =>
  [
    `name: ${name}`,
    "inputs:",
    "  steps: { type: integer, default: 2 }",
    "stages:",
    "  count:",
    "    uses: dataset",
    `    with: { source: { text: '${JSON.stringify({ ...program, steps: 0 }).replace('"steps":0', '"steps":${{ inputs.steps }}')}' }, query: none }`,
    "outputs:",
    '  steps: "${{ stages.count.metrics.trainRows }}"',
    "",
  ].join("\n");

/** Waits until a text has been appended to a file that had `length` characters. */
async function appended(file: string, length: number, text: string): Promise<void> {
  const watcher = watch(file);
  while (!readFileSync(file, "utf8").slice(length).includes(text)) await once(watcher, "change");
  watcher.close();
}

function write(name: string, text: string): string {
  const directory = path.join(fleet.workingDirectory, "pipelines");
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${name}.yaml`), text);
  return name;
}

test("`temporal workflow start --type pipeline --task-queue pawl` is as good as any other way", async () => {
  write("counting", definition({}));
  const input = JSON.stringify({ pipeline: "counting", inputs: { steps: 5 } });
  const where = ["--address", fleet.server.address, "--namespace", fleet.server.namespace];
  const what = ["--type", "pipeline", "--task-queue", "pawl", "--workflow-id", "by-hand", "--input", input];
  await call(temporalCliPath(), ["workflow", "start", ...where, ...what]);
  const run = fleet.find("by-hand");
  expect((await run.result()).outputs).toEqual({ steps: 5 });
});

test("an inlined definition needs no file", async () => {
  const run = await fleet.launch({ definition: definition({}), inputs: { steps: 3 }, seed: 7 });
  expect((await run.result()).outputs).toEqual({ steps: 3 });
  expect((await queryRunState(run)).plan?.seed).toBe(7);
});

test("a run keeps its own copy of a definition that is changed meanwhile", async () => {
  const gate = fleet.gate();
  const name = write("changing", definition({ hold: gate.file }, "before"));
  const run = await fleet.launch({ pipeline: name });
  await fleet.logged(run, "count", /^working/);
  write("changing", "name: after\nstages: {}\n");
  gate.open();
  expect((await run.result()).outputs).toEqual({ steps: 2 });
  expect((await findPlan(fleet.home, run.workflowId))?.name).toBe("before");
  expect(await findDefinition(fleet.home, run.workflowId)).toContain("name: before");
});

test("the store keeps a record of how a run ended", async () => {
  const run = await fleet.launch({ definition: definition({}) });
  await run.result();
  expect(await findRecord(fleet.home, run.workflowId)).toMatchObject({
    pipeline: "counting",
    status: "succeeded",
    outputs: { steps: 2 },
    stages: [{ id: "count", attempts: expect.any(Number) }],
    endedAt: expect.any(String),
  });
});

/** A plan without stages. */
const unplanned = { name: "p", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, outputs: {} };

describe("a bad request fails immediately, with what is wrong and where", () => {
  test("errors of the definition", async () => {
    write("bad", definition({}).replace("uses: dataset", "uses: datasett").replace("default: 2", "default: two"));
    const { type, message } = await runFailure(await fleet.launch({ pipeline: "bad" }));
    expect(type).toMatch(/^[A-Z_]+$/);
    expect(message).toContain("pipelines/bad.yaml:6:");
    expect(message).toContain("write dataset");
  });
  test("inputs that fail their schema", async () => {
    const run = await fleet.launch({ definition: definition({}), inputs: { steps: "many" } });
    expect(await runFailure(run)).toMatchObject({ type: "INPUT_INVALID", message: expect.stringContaining("steps") });
  });
  test.each<[string, unknown, string]>([
    ["no such pipeline", { pipeline: "countin" }, "PIPELINE_NOT_FOUND"],
    ["a path out of the worker's directory", { pipeline: "../../../etc/passwd.yaml" }, "PATH_TRAVERSAL"],
    ["an absolute path", { pipeline: "/etc/hostname" }, "PATH_TRAVERSAL"],
    ["nothing", {}, "INPUT_INVALID"],
    ["both", { pipeline: "counting", definition: "x" }, "INPUT_INVALID"],
    ["a number", { pipeline: 3 }, "INPUT_INVALID"],
    ["null", null, "INPUT_INVALID"],
    ["5", 5, "INPUT_INVALID"],
    ["a plan that is a number", { plan: 5 }, "INPUT_INVALID"],
    ["an empty plan", { plan: {} }, "INPUT_INVALID"],
    ["a plan whose stage lacks fields", { plan: { ...unplanned, stages: [{ id: "a" }] } }, "INPUT_INVALID"],
    ["states that are none", { plan: { ...unplanned, stages: [stage("a", {})] }, stages: 5 }, "INPUT_INVALID"],
    ["a plan too large for history", { definition: longDefinition() }, "PLAN_TOO_LARGE"],
  ])("%s", async (_, request, code) => {
    expect((await runFailure(await fleet.launch(request as RunRequest))).type).toBe(code);
  });
  test("a link out of the worker's directory", async () => {
    write("here", definition({}));
    symlinkSync("/etc/hostname", path.join(fleet.workingDirectory, "pipelines", "link.yaml"));
    expect((await runFailure(await fleet.launch({ pipeline: "link" }))).type).toBe("PATH_TRAVERSAL");
  });
});

test("a workflow started without any input ends with INPUT_INVALID", async () => {
  const run = (await fleet.client.workflow.start(workflowType, {
    taskQueue: taskQueues.cpu,
    workflowId: "without-input",
    args: [],
  })) as Run;
  expect(await runFailure(run)).toMatchObject({ type: "INPUT_INVALID" });
  expect(await queryRunState(run)).toMatchObject({ status: "failed", stages: [] });
});

test("fifty stages that start at the same time with an input of 100 KB do not end the run", async () => {
  const text = "x".repeat(100_000);
  const stages = Array.from({ length: 50 }, (_, i) => {
    const program = `'{"steps":${i},"note":"\${{ inputs.text }}"}'`;
    return `  s${i}: { uses: dataset, with: { source: { text: ${program} }, query: none } }`;
  });
  const wide = ["name: wide", `inputs: { text: { type: string } }`, "stages:", ...stages, ""].join("\n");
  const run = await fleet.launch({ definition: wide, inputs: { text } });
  const result = await run.result();
  expect(Object.values(result.stages).map(({ status }) => status)).toEqual(
    Array.from({ length: 50 }, () => "succeeded"),
  );
  expect(result.stages["s49"]!.metrics).toEqual({ trainRows: 49 });
  const { historySizeBytes } = (await run.describe()).raw.workflowExecutionInfo!;
  expect(Number(historySizeBytes)).toBeLessThan(2_000_000);
});

test("outputs that the server would refuse fail the run, with what to do, and are not recorded", async () => {
  const run = await fleet.launch({ definition: named(25), inputs: { text: "é".repeat(50_000) } });
  const failure = await runFailure(run);
  expect(failure).toMatchObject({ type: "OUT_OF_RANGE", message: expect.stringMatching(/^outputs: .* too large/) });
  expect(failure.message).toMatch(
    /expected: at most 524288 bytes\n {2}got: 2500\d\d\d bytes\n {2}next: reduce outputs, and name artifacts, not texts/,
  );
  expect(await queryRunState(run)).toMatchObject({ status: "failed", outputs: {}, stages: [{ status: "succeeded" }] });
  expect(await findRecord(fleet.home, run.workflowId)).toMatchObject({ status: "failed", outputs: {} });
  const few = await fleet.launch({ definition: named(5), inputs: { text: "é".repeat(50_000) } });
  expect(Object.keys((await few.result()).outputs)).toHaveLength(5);
});

/** A definition whose input is named in this number of outputs. */
function named(times: number): string {
  const outputs = Array.from({ length: times }, (_, i) => `  o${i}: "\${{ inputs.text }}"`);
  const stage = "  a: { uses: dataset, with: { source: { text: a word } } }";
  return ["name: named", "inputs: { text: { type: string } }", "stages:", stage, "outputs:", ...outputs, ""].join("\n");
}

/** Valid, and larger than a plan may be. */
function longDefinition(): string {
  const text = "x".repeat(200_000);
  const stage = (id: string) => `  ${id}: { uses: dataset, with: { source: { text: "${text}" } } }`;
  return ["name: long", "stages:", stage("a"), stage("b"), stage("c"), ""].join("\n");
}

test("a store that cannot be used for a moment does not fail a run that begins", async () => {
  const runs = layout.runs(fleet.home);
  const aside = `${runs}-aside`;
  if (existsSync(runs)) renameSync(runs, aside);
  writeFileSync(runs, "a file where a directory should be");
  const log = path.join(fleet.home, "workers", "workflows.log");
  const before = readFileSync(log, "utf8").length;
  const run = await fleet.launch({ definition: definition({}), seed: 11 });
  await appended(log, before, "STORE_UNREADABLE");
  rmSync(runs);
  if (existsSync(aside)) renameSync(aside, runs);
  expect((await run.result()).outputs).toEqual({ steps: 2 });
});

test("the activities inside the process for workflows say which stage they belong to", async () => {
  const run = await fleet.launch({
    definition: "name: one\nstages:\n  a: { uses: dataset, with: { source: { text: hello } } }\n",
  });
  await run.result();
  const { events } = await run.fetchHistory();
  const told = (events ?? []).flatMap(({ userMetadata, markerRecordedEventAttributes }) =>
    markerRecordedEventAttributes && userMetadata?.summary
      ? [defaultPayloadConverter.fromPayload(userMetadata.summary)]
      : [],
  );
  expect(told).toEqual(["a"]);
});
