import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { StageWith } from "../../../schemas/stages/index.js";
import { findPlan, savePlan } from "../../../store/records/runs.js";
import { grantPlan, isGrantedPlan, planDigest, sealedPlan } from "../../../worker/authority/plans.js";
import { allowInlineCode, signRequest } from "../../../worker/authority/requests.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { prepareChild } from "../../../worker/bookkeeping/prepare-child.js";
import { projectDirectory } from "../../../worker/project/project-directory.js";
import { planned } from "../../support/planned.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const at = (name: string): string => path.join(directory(), name);
const worker = () => ({ home: at("home"), workingDirectory: at("first") });
beforeEach(() => ["first", "second"].forEach((name) => mkdirSync(at(name))));

const file = { source: { file: "a.txt" } } as StageWith<"dataset">;
const text = { source: { text: "hello" } } as StageWith<"dataset">;
const definition = "name: one\nstages:\n  a: { uses: dataset, with: { source: { file: a.txt } } }\n";
const project = (): string => at("second");

/** Where a stage of a run finds its files, after the run's first act. */
async function directoryOf(request: Parameters<typeof loadPlan>[2], settings = file, runId = "run"): Promise<string> {
  await begin(request, runId);
  const { plan, mayRunCode } = (await sealedPlan(at("home"), runId))!;
  const place = { ...(plan.project !== undefined && { project: plan.project }), mayRunCode };
  return projectDirectory(worker(), { stage: "a", uses: "dataset", ...place }, settings);
}
const begin = async (request: Parameters<typeof loadPlan>[2], runId = "run") =>
  (await loadPlan(worker(), runId, request, "execution")).plan;
const isGranted = async (runId = "run") => isGrantedPlan(at("home"), runId, (await findPlan(at("home"), runId))!);

describe("the project directory of a run", () => {
  it("is that of `pawl run`, not the one that the worker was started in", async () => {
    const request = { definition, project: project() };
    expect(await directoryOf(signRequest(at("home"), "run", request))).toBe(project());
  });

  it("is the worker's own where the request names none, or the same by another path", async () => {
    expect(await directoryOf({ definition })).toBe(at("first"));
    symlinkSync(at("first"), at("link"));
    expect(await directoryOf({ definition, project: at("link") }, file, "linked")).toBe(at("link"));
  });

  it("is refused, both named, where the worker cannot see it", async () => {
    const request = { definition, project: at("elsewhere") };
    await expect(directoryOf(signRequest(at("home"), "run", request))).rejects.toMatchObject({
      code: "PROJECT_NOT_FOUND",
      facts: {
        where: "stages.a",
        expected: `the project directory ${at("elsewhere")}`,
        got: `a worker in ${at("first")}`,
      },
    });
  });

  it("does not matter to a stage that reads no file of it", async () => {
    const request = { definition, project: at("elsewhere") };
    expect(await directoryOf(signRequest(at("home"), "run", request), text)).toBe(at("first"));
  });

  it.each([
    ["not signed", (request: object) => request],
    ["signed with another home's key", (request: object) => signRequest(at("other"), "run", request)],
    ["signed for another run", (request: object) => signRequest(at("home"), "other", request)],
    ["signed, then changed", (request: object) => ({ ...signRequest(at("home"), "run", request), seed: 7 })],
    ["signed with something else", (request: object) => ({ ...request, signature: "0" })],
  ])("is refused where the request is %s", async (_, signed) => {
    const request = signed({ definition, project: project() }) as Parameters<typeof loadPlan>[2];
    await expect(directoryOf(request)).rejects.toMatchObject({ code: "PROJECT_NOT_FOUND" });
  });

  it("of a named pipeline is the worker's own, unless `pawl run` has signed for another", async () => {
    await expect(begin({ pipeline: "one", project: project() })).rejects.toMatchObject({
      code: "PROJECT_NOT_FOUND",
    });
  });

  it("stays with the run when it is resumed, and its grant goes with no other plan and no other run", async () => {
    const plan = await begin(signRequest(at("home"), "run", { definition, project: project() }));
    expect(plan.grant).toBeUndefined();
    expect(await directoryOf({ planDigest: planDigest(plan) })).toBe(project());
    const other = loadPlan(worker(), "run", { plan: { ...plan, seed: 8 } }, "another execution");
    await expect(other).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(directoryOf({ plan }, file, "other")).rejects.toMatchObject({ code: "PROJECT_NOT_FOUND" });
    const { grant } = (await findPlan(at("home"), "run"))!;
    const stolen = { plan: { ...plan, grant: grant! } };
    await expect(directoryOf(stolen, file, "thief")).rejects.toMatchObject({ code: "PROJECT_NOT_FOUND" });
  });
});

describe("code", () => {
  const settings = { judge: { kind: "module", path: "modules/judge.mjs" } } as StageWith<"collect-preferences">;
  const run = { stage: "a", uses: "collect-preferences" } as const;

  it("runs where the run was granted it", () => {
    expect(projectDirectory(worker(), { ...run, project: at("second"), mayRunCode: true }, settings)).toBe(
      at("second"),
    );
  });

  it("of a definition that came in with the request does not run, and the error says who may", async () => {
    const plan = await begin({ definition });
    expect(await isGranted()).toBe(false);
    const place = { ...run, project: plan.project! };
    expect(() => projectDirectory(worker(), place, settings)).toThrow(
      expect.objectContaining({
        code: "CODE_NOT_ALLOWED",
        facts: expect.objectContaining({ where: "stages.a: with.judge.path" }),
      }),
    );
  });

  it("of such a definition is not even loaded", async () => {
    const named = "name: own\nstages:\n  a:\n    uses: ./stages/own.ts\n";
    await expect(begin({ definition: named })).rejects.toMatchObject({
      errors: [{ code: "CODE_NOT_ALLOWED", line: 4 }],
    });
  });

  it("of a child is not loaded either, unless the parent's plan is granted it", async () => {
    const named = "name: child\nstages:\n  a:\n    uses: ./stages/own.ts\n";
    const child = { name: "child", digest: "0".repeat(64) };
    const settings = { pipeline: "child", inputs: {} };
    const plan = {
      ...{ name: "parent", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, outputs: {}, project: at("first") },
      stages: [planned("b", { uses: "pipeline", with: settings, child })],
      files: { child: { file: "child.yaml", text: named } },
    };
    const request = { runId: "run", stage: "b", with: settings, states: [] };
    await savePlan(at("home"), "run", plan, "");
    await expect(prepareChild(worker(), request)).rejects.toMatchObject({
      errors: [{ code: "CODE_NOT_ALLOWED", file: "child.yaml", line: 4 }],
    });
    // With a grant the file is looked for.
    await savePlan(at("home"), "run", grantPlan(at("home"), "run", plan), "");
    await expect(prepareChild(worker(), request)).rejects.toMatchObject({ errors: [{ code: "DATA_MISSING" }] });
  });

  it("of such a definition runs where the operator allows it, in the worker's own project only", async () => {
    process.env[allowInlineCode] = "1";
    try {
      await begin({ definition });
      expect(await isGranted()).toBe(true);
      await begin({ definition, project: project() }, "elsewhere");
      expect(await isGranted("elsewhere")).toBe(false);
    } finally {
      delete process.env[allowInlineCode];
    }
  });
});
