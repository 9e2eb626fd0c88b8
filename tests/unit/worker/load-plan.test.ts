import { mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageState } from "../../../schemas/run.js";
import { layout } from "../../../store/home.js";
import { findDefinition, findPlan, findRecord, saveRecord } from "../../../store/records/runs.js";
import { grantChanges } from "../../../worker/authority/changes.js";
import { planDigest } from "../../../worker/authority/plans.js";
import { signReceipt } from "../../../worker/authority/receipts.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { useDirectory } from "../../support/directory.js";
import { putText } from "../../support/made-store.js";
import type { RunRecord } from "../../../store/records/record-types.js";

const directory = useDirectory();
const place = () => ({ home: home(), workingDirectory: path.join(directory(), "work") });
const definition = "name: one\nstages:\n  a: { uses: dataset, with: { source: { text: hello } } }\n";
const home = () => path.join(directory(), "home");
const load = async (
  request: Parameters<typeof loadPlan>[2],
  at: { home?: string; run?: string; execution?: string } = {},
) => (await begin(request, at)).plan;
const begin = (
  request: Parameters<typeof loadPlan>[2],
  { home: to = home(), run = "run", execution = "execution" }: { home?: string; run?: string; execution?: string } = {},
) => {
  const workingDirectory = path.join(directory(), "work");
  mkdirSync(path.join(workingDirectory, "pipelines"), { recursive: true });
  writeFileSync(path.join(workingDirectory, "pipelines", "one.yaml"), definition);
  writeFileSync(path.join(directory(), "secret.yaml"), definition);
  return loadPlan({ home: to, workingDirectory }, run, request, execution);
};

describe("the definition of a run", () => {
  it.each(["one", "pipelines/one.yaml", "./pipelines/../pipelines/one.yaml"])("is found as %s", async (pipeline) => {
    expect(await load({ pipeline })).toMatchObject({ name: "one", file: "pipelines/one.yaml" });
  });
  it("may end with .yml; one name of two files is refused", async () => {
    await load({ definition }, { run: "first" });
    const pipelines = path.join(directory(), "work", "pipelines");
    writeFileSync(path.join(pipelines, "two.yml"), definition);
    expect(await load({ pipeline: "two" }, { run: "second" })).toMatchObject({ file: "pipelines/two.yml" });
    writeFileSync(path.join(pipelines, "two.yaml"), definition);
    await expect(load({ pipeline: "two" }, { run: "third" })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const named = { pipeline: "pipelines/two.yml" };
    expect(await load(named, { run: "fourth" })).toMatchObject({ file: "pipelines/two.yml" });
  });
  it("may stand in the request; the store keeps a copy, and when the run began", async () => {
    const plan = await load({ definition });
    expect(plan.stages.map(({ id }) => id)).toEqual(["a"]);
    expect(await findDefinition(path.join(directory(), "home"), "run")).toBe(definition);
    const first = await findRecord(path.join(directory(), "home"), "run");
    expect(first?.status).toBe("running");
    await load({ plan }, { execution: "another" });
    expect(await findDefinition(path.join(directory(), "home"), "run")).toBe(definition);
    expect((await findRecord(path.join(directory(), "home"), "run"))?.startedAt).toBe(first?.startedAt);
  });
  it("uses the artifacts that it names, also by an input: `gc` keeps what was used just now", async () => {
    const home = path.join(directory(), "home");
    const [named, given, other] = [await putText(home, "a"), await putText(home, "b"), await putText(home, "c")];
    const objects = [named, given, other].map(({ digest }) => layout.object(home, digest));
    for (const object of objects) utimesSync(object, 1, 1);
    const model = (digest: string) =>
      `{ uses: generate, with: { model: { artifact: model, digest: ${digest} }, prompts: [x] } }`;
    const stages = `  a: ${model(named.digest)}\n  b: ${model('"${{ inputs.given }}"')}\n`;
    const text = `name: two\ninputs: { given: { type: string } }\nstages:\n${stages}`;
    await load({ definition: text, inputs: { given: given.digest } });
    expect(objects.map((object) => statSync(object).mtimeMs > 1000)).toEqual([true, true, false]);
  });
  it.each(["../secret.yaml", "pipelines/../../secret.yaml", "/etc/hostname"])(
    "is not read from %s",
    async (pipeline) => {
      await expect(load({ pipeline })).rejects.toMatchObject({ code: "PATH_TRAVERSAL" });
    },
  );
  it("that does not exist is reported with the nearest name", async () => {
    await expect(load({ pipeline: "onne" })).rejects.toMatchObject({
      code: "PIPELINE_NOT_FOUND",
      facts: {
        where: "pipelines/onne.yaml",
        expected: expect.stringMatching(/^one of .*\bone, .*tiny/),
        next: "write one",
      },
    });
  });
  it.each([undefined, null, {}, { pipeline: "one", definition }, { pipeline: 1 }, { definition, inputs: [] }])(
    "cannot be read from %j",
    async (request) => {
      await expect(load(request as never)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    },
  );
  it.each([
    [5, "must be object, got 5"],
    ["one", 'must be object, got "one"'],
    [[1], "must be object, got [1]"],
    [{ plan: 5 }, "plan must be object, got 5"],
    [{ plan: {} }, "plan.name is missing; plan.definitionDigest is missing; plan.seed is missing"],
    [{ definition, seed: "x" }, 'seed must be integer, got "x"'],
    [{ definition, file: 5 }, "file must be string, got 5"],
    [{ definition, sead: 5 }, "sead is not a known key"],
    [{ definition, stages: 5 }, "stages must be object, got 5"],
  ])("cannot be read from %j, and the error says why", async (request, message) => {
    const expected = { code: "INPUT_INVALID", message: expect.stringContaining(message) };
    await expect(load(request as never)).rejects.toMatchObject({
      ...expected,
      facts: { where: "the workflow's input" },
    });
  });
  it.each([".", "work", "../work", ""])(
    "whose project directory is %j is refused: workers stand elsewhere",
    async (project) => {
      const plan = await load({ definition });
      for (const request of [{ definition, project }, { pipeline: "one", project }, { plan: { ...plan, project } }])
        await expect(load(request)).rejects.toMatchObject({ code: "INPUT_INVALID", facts: { got: project } });
    },
  );
  describe("that is a plan", () => {
    const planned = () => load({ definition: `${definition}  b: { uses: dataset, with: { source: { text: x } } }\n` });
    const changed = async (change: (stage: Record<string, unknown>) => void): Promise<unknown> => {
      const plan = await planned();
      change(plan.stages[1] as unknown as Record<string, unknown>);
      return { plan };
    };
    it("is accepted unchanged", async () => {
      const plan = await planned();
      expect(await load({ plan })).toEqual(plan);
    });
    it.each<[string, (stage: Record<string, unknown>) => void, string]>([
      ["lacks fields", (stage) => ["retry", "needs", "with"].forEach((name) => delete stage[name]), "retry is missing"],
      ["has no type", (stage) => (stage["uses"] = "nothing"), "plan.stages[1].uses must be one of"],
      ["has no name", (stage) => (stage["id"] = "../b"), "plan.stages[1].id"],
      ["has settings that are none", (stage) => (stage["with"] = [1]), "plan.stages[1].with must be object, got [1]"],
      ["has a time that none is", (stage) => (stage["timeoutMs"] = -1), "plan.stages[1].timeoutMs must be >= 1"],
      ["has a time without end", (stage) => (stage["heartbeatMs"] = 1e300), "plan.stages[1].heartbeatMs must be <="],
      ["comes twice", (stage) => (stage["id"] = "a"), "the plan has two stages a"],
      ["needs one that comes later", (stage) => (stage["needs"] = ["b"]), "no stage b before stages.b"],
      ["needs one that does not exist", (stage) => (stage["needs"] = ["c"]), "no stage c before stages.b"],
    ])("is refused if a stage %s", async (_name, change, message) => {
      const request = await changed(change);
      const expected = { code: "INPUT_INVALID", message: expect.stringContaining(message) };
      await expect(load(request as never)).rejects.toMatchObject(expected);
    });
    it("is refused if it is nested so deeply that nothing can walk through it", async () => {
      const deep = Array.from({ length: 20_000 }).reduce<unknown>((inner) => ({ a: inner }), 1);
      const request = await changed((stage) => (stage["with"] = deep));
      await expect(load(request as never)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    });
    it("is refused with states of its stages that are none", async () => {
      const plan = await planned();
      const b = { id: "b", uses: "dataset", status: "succeeded", outputs: {}, metrics: {} };
      for (const stages of [{ b: 5 }, { b: { ...b, outputs: { train: 5 } } }, { b: { ...b, changes: [5] } }])
        await expect(load({ plan, stages: stages as never })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    });
  });

  describe("of a run that the store has", () => {
    const digestOf = async () => planDigest((await findPlan(home(), "run"))!);
    const result = { outputs: {}, metrics: { trainRows: 1 } };
    const state = (more: Partial<StageState> = {}): StageState => ({
      ...{ id: "a", uses: "dataset", status: "succeeded", attempts: 1, ...result },
      ...more,
    });
    const receipt = async (runId = "run", id = "a") =>
      signReceipt(home(), { runId, digest: await digestOf() }, { ...state(), id });
    const end = async (more: Partial<RunRecord> = {}) =>
      saveRecord(home(), { ...(await findRecord(home(), "run"))!, status: "failed", ...more });

    it("stays: another one is refused, also one of the same text once it has ended", async () => {
      await load({ definition, inputs: {} });
      const before = await findRecord(home(), "run");
      const other = { definition: `${definition}  b: { uses: dataset, with: { source: { text: x } } }\n` };
      const refused = { code: "NOT_ALLOWED", facts: { got: "run" } };
      await expect(load(other, { execution: "another" })).rejects.toMatchObject(refused);
      await expect(load({ plan: { ...before!.plan!, seed: 8 } }, { execution: "another" })).rejects.toMatchObject(
        refused,
      );
      await end();
      await expect(load({ definition }, { execution: "another" })).rejects.toMatchObject({
        ...refused,
        facts: { next: expect.stringContaining("pawl resume run") },
      });
      expect(await findDefinition(home(), "run")).toBe(definition);
      expect(await findRecord(home(), "run")).toEqual({ ...before, status: "failed" });
    });

    it("is begun again by the same workflow, whatever its file says by then", async () => {
      const plan = await load({ pipeline: "one" });
      writeFileSync(path.join(directory(), "work/pipelines/one.yaml"), `${definition}  b: 5\n`);
      expect((await loadPlan(place(), "run", { pipeline: "one" }, "execution")).plan).toEqual(plan);
    });

    it("resumes with results that a worker has signed for it, and with no others", async () => {
      await load({ definition });
      const planDigest = await digestOf();
      const resumed = async (stage: StageState) => (await begin({ planDigest, stages: { a: stage } })).stages["a"]!;
      const forged = [await receipt("other"), await receipt("run", "b"), "0".repeat(64), undefined];
      for (const one of forged)
        expect(await resumed(state({ ...(one !== undefined && { receipt: one }) }))).toEqual({
          ...{ id: "a", uses: "dataset", status: "queued", attempts: 0, outputs: {}, metrics: {} },
        });
      const more = { metrics: { trainRows: 2 }, receipt: await receipt() };
      expect(await resumed(state(more))).toMatchObject({ status: "queued", metrics: {} });
      expect(await resumed(state({ receipt: await receipt() }))).toMatchObject({ status: "succeeded", ...result });
    });

    it("resumes with what the store recorded of people, not with what the request says", async () => {
      await load({ definition });
      const request = (choice: "first" | "second") => ({
        pairs: { artifact: "pairs" as const, digest: "0".repeat(64) },
        ...{ items: 3, target: 2, choices: { 1: choice } },
      });
      const changes = [{ unit: "line" }];
      const accepted = { changes, changesGrant: grantChanges(home(), "run", "a", changes) };
      const waiting = state({ status: "waiting", outputs: {}, metrics: {} });
      await end({ stages: [{ ...waiting, ...accepted, choiceRequest: request("first") }] });
      const claimed = { ...waiting, changes: [{ unit: "file" }], choiceRequest: request("second") };
      const { stages } = await begin({ planDigest: await digestOf(), stages: { a: claimed } });
      expect(stages["a"]).toMatchObject({ status: "queued", choiceRequest: { choices: { 1: "first" } }, ...accepted });
    });

    it("is not begun again once it has succeeded, by whatever request", async () => {
      const plan = await load({ definition });
      await end({ status: "succeeded", stages: [state({ receipt: await receipt() })] });
      const before = await findRecord(home(), "run");
      for (const request of [{ planDigest: await digestOf() }, { plan }])
        await expect(load(request, { execution: "another" })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
      expect(await findRecord(home(), "run")).toEqual(before);
    });

    it("starts as a child only if its parent has prepared it", async () => {
      const parent = { run: "above", stage: "a" };
      await expect(load({ definition, parent })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
      await load({ definition });
      await expect(load({ planDigest: await digestOf(), parent })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    });
  });
  it("has the files of its queries checked below the worker's directory", async () => {
    const query = "{ file: sql/a.sql, parameters: { fewest: 1 } }";
    const queried = definition.replace("hello }", `hello }, query: ${query}`);
    await expect(load({ definition: queried })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      errors: [{ file: "definition", line: 3, column: 71 }],
    });
    mkdirSync(path.join(directory(), "work/sql"));
    writeFileSync(path.join(directory(), "work/sql/a.sql"), "SELECT line AS text FROM data LIMIT $least");
    await expect(load({ definition: queried })).rejects.toMatchObject({
      errors: [{ code: "MISSING_KEY" }, { code: "UNKNOWN_KEY" }],
    });
    writeFileSync(path.join(directory(), "work/sql/a.sql"), "SELECT line AS text FROM data LIMIT $fewest");
    expect((await load({ definition: queried })).stages).toHaveLength(1);
  });
  it.each([".pawl/runs/x/pipeline.yaml", "node_modules/x/pipeline.yaml", "home/runs/x/pipeline.yaml"])(
    "is not read from %s, where runs and packages leave files",
    async (pipeline) => {
      const file = path.join(directory(), "work", pipeline);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, definition);
      await expect(load({ pipeline }, { home: path.join(directory(), "work/home") })).rejects.toMatchObject({
        code: "PATH_TRAVERSAL",
      });
    },
  );
  it("that is too large for history is refused", async () => {
    const text = "x".repeat(300_000);
    const stage = (id: string) => `  ${id}: { uses: dataset, with: { source: { text: "${text}" } } }\n`;
    await expect(load({ definition: `name: big\nstages:\n${stage("a")}${stage("b")}` })).rejects.toMatchObject({
      code: "PLAN_TOO_LARGE",
    });
  });
});
