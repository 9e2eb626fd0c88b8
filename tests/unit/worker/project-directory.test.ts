import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { StageWith } from "../../../schemas/stages/index.js";
import { grantPlan } from "../../../worker/grant.js";
import { loadPlan } from "../../../worker/load-plan.js";
import { prepareChild } from "../../../worker/prepare-child.js";
import { projectDirectory } from "../../../worker/project-directory.js";
import { allowInlineCode, signRequest } from "../../../worker/grant.js";
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
  const plan = await loadPlan(worker(), "run", request);
  const { grant } = plan;
  const place = { ...(plan.project !== undefined && { project: plan.project }), ...(grant && { grant }) };
  return projectDirectory(worker(), { runId, stage: "a", uses: "dataset", ...place }, settings);
}

describe("the project directory of a run", () => {
  it("is that of `pawl run`, not the one that the worker was started in", async () => {
    const request = { definition, project: project() };
    expect(await directoryOf(signRequest(at("home"), "run", request))).toBe(project());
  });

  it("is the worker's own where the request names none, or the same by another path", async () => {
    expect(await directoryOf({ definition })).toBe(at("first"));
    symlinkSync(at("first"), at("link"));
    expect(await directoryOf({ definition, project: at("link") })).toBe(at("link"));
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
    await expect(loadPlan(worker(), "run", { pipeline: "one", project: project() })).rejects.toMatchObject({
      code: "PROJECT_NOT_FOUND",
    });
  });

  it("stays with the run when it is resumed, and its grant goes with no other plan and no other run", async () => {
    const plan = await loadPlan(worker(), "run", signRequest(at("home"), "run", { definition, project: project() }));
    expect(await directoryOf({ plan })).toBe(project());
    await expect(directoryOf({ plan: { ...plan, seed: 8 } })).rejects.toMatchObject({ code: "PROJECT_NOT_FOUND" });
    await expect(directoryOf({ plan }, file, "other")).rejects.toMatchObject({ code: "PROJECT_NOT_FOUND" });
  });
});

describe("code", () => {
  const settings = { judge: { kind: "module", path: "modules/judge.mjs" } } as StageWith<"collect-preferences">;
  const run = { runId: "run", stage: "a", uses: "collect-preferences" } as const;

  it("runs where the run was granted it", async () => {
    const { grant, project } = grantPlan(at("home"), "run", { project: at("second") } as never);
    expect(projectDirectory(worker(), { ...run, project: project!, grant: grant! }, settings)).toBe(at("second"));
  });

  it("of a definition that came in with the request does not run, and the error says who may", async () => {
    const plan = await loadPlan(worker(), "run", { definition });
    expect(plan.grant).toBeUndefined();
    const place = { ...run, project: plan.project! };
    expect(() => projectDirectory(worker(), place, settings)).toThrow(
      expect.objectContaining({
        code: "CODE_NOT_ALLOWED",
        facts: expect.objectContaining({ where: "stages.a: with.judge.path" }),
      }),
    );
    const forged = { ...place, grant: { plan: "0".repeat(64), signature: "0".repeat(64) } };
    expect(() => projectDirectory(worker(), forged, settings)).toThrow(
      expect.objectContaining({ code: "CODE_NOT_ALLOWED" }),
    );
  });

  it("of such a definition is not even loaded", async () => {
    const named = "name: own\nstages:\n  a:\n    uses: ./stages/own.ts\n";
    await expect(loadPlan(worker(), "run", { definition: named })).rejects.toMatchObject({
      errors: [{ code: "CODE_NOT_ALLOWED", line: 4 }],
    });
  });

  it("of a child is not loaded either, unless the parent's plan is granted it", async () => {
    const named = "name: child\nstages:\n  a:\n    uses: ./stages/own.ts\n";
    const parent = await loadPlan(worker(), "run", { definition });
    const plan = { ...parent, files: { child: { file: "child.yaml", text: named } } };
    delete plan.grant;
    const asked = { runId: "run", stage: "b", uses: "pipeline" as const, cache: true };
    const child = { name: "child", digest: "0".repeat(64) };
    const request = { ...asked, child, with: { pipeline: "child", inputs: {} } };
    const refused = { errors: [{ code: "CODE_NOT_ALLOWED", file: "child.yaml", line: 4 }] };
    await expect(prepareChild(worker(), { ...request, plan })).rejects.toMatchObject(refused);
    // With a grant the file is looked for.
    const granted = grantPlan(at("home"), "run", plan);
    await expect(prepareChild(worker(), { ...request, plan: granted })).rejects.toMatchObject({
      errors: [{ code: "DATA_MISSING" }],
    });
  });

  it("of such a definition runs where the operator allows it, in the worker's own project only", async () => {
    process.env[allowInlineCode] = "1";
    try {
      expect((await loadPlan(worker(), "run", { definition })).grant).toBeDefined();
      expect((await loadPlan(worker(), "run", { definition, project: project() })).grant).toBeUndefined();
    } finally {
      delete process.env[allowInlineCode];
    }
  });
});
