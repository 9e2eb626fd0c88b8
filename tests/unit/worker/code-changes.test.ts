import { mkdirSync } from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../../platform/json.js";
import type { Plan } from "../../../schemas/plan.js";
import type { ChangeRequest, StageState } from "../../../schemas/run.js";
import { readLog } from "../../../store/index.js";
import { allowInlineCode, grantPlan, signChange, signRequest } from "../../../worker/grant.js";
import { loadPlan } from "../../../worker/load-plan.js";
import { checkChanges } from "../../../worker/prepare.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const worker = () => ({ home: path.join(directory(), "home"), workingDirectory: path.join(directory(), "project") });
beforeEach(() => void mkdirSync(worker().workingDirectory));

const runId = "run";
const digest = "0".repeat(64);
const settings: JsonObject = {
  model: { artifact: "model", digest },
  prompts: [{ artifact: "dataset", digest }],
  judge: { kind: "length" },
};
const code = { kind: "module", path: "modules/judge.mjs" };
const granted = (): Pick<Plan, "project" | "grant"> =>
  grantPlan(worker().home, runId, { project: worker().workingDirectory } as Plan);

/** A change of a parked stage's judge, as the workflow asks whether it may be. */
function change(after: JsonObject | undefined, more: Partial<ChangeRequest> = {}): ChangeRequest {
  const changes = { judge: after ?? null };
  return {
    runId,
    stage: "prefs",
    uses: "collect-preferences",
    before: settings,
    with: { ...settings, judge: after! },
    changes,
    all: [changes],
    attempts: 1,
    ...granted(),
    ...more,
  };
}
const signed = (home: string, run = runId, stage = "prefs", changes: JsonObject = { judge: code }): string =>
  signChange(home, run, { stage, with: changes }).signature!;

describe("a change to a parked stage", () => {
  const refused = { code: "CODE_NOT_ALLOWED", facts: { where: "stages.prefs: with.judge.path", got: code.path } };

  it("that names code needs a signature, though the run may run the code of its plan", async () => {
    await expect(checkChanges(worker(), change(code))).rejects.toMatchObject({
      ...refused,
      facts: { ...refused.facts, next: expect.stringContaining("pawl retry run prefs") },
    });
    for await (const line of readLog(worker().home, runId)) expect(line).toBeUndefined();
    const { home } = worker();
    await checkChanges(worker(), change(code, { signature: signed(home) }));
  });

  it.each([
    ["of another home", () => signed(path.join(directory(), "other"))],
    ["of another run", () => signed(worker().home, "other")],
    ["of another stage", () => signed(worker().home, runId, "other")],
    ["of another change", () => signed(worker().home, runId, "prefs", { judge: { ...code, path: "modules/a.mjs" } })],
    ["of nobody", () => "0".repeat(64)],
  ])("with a signature %s is refused", async (_, signature) => {
    await expect(checkChanges(worker(), change(code, { signature: signature() }))).rejects.toMatchObject(refused);
  });

  it("is free where it names no other code than before", async () => {
    await checkChanges(worker(), change({ kind: "regex", pattern: "a" }));
    const before = { ...settings, judge: code };
    await checkChanges(worker(), change({ ...code, timeLimitMs: 5 }, { before }));
    await checkChanges(worker(), change({ kind: "length" }, { before }));
    const other = { ...code, path: "modules/other.mjs" };
    await expect(checkChanges(worker(), change(other, { before }))).rejects.toMatchObject({ code: "CODE_NOT_ALLOWED" });
  });

  it("needs a signature to turn data that looks like a secret into the secret", async () => {
    const env = { TITLE: "${{ secrets.HF }}" };
    const command = { run: ["true"], env };
    const secrets = [{ path: ["env", "TITLE"], offset: 0, name: "HF" }];
    const asked = (more: Partial<ChangeRequest>): ChangeRequest => ({
      ...change(undefined),
      ...{ uses: "command", before: command, with: command, changes: { env }, all: [{ env }] },
      ...more,
    });
    await expect(checkChanges(worker(), asked({ secrets }))).rejects.toMatchObject({
      code: "CODE_NOT_ALLOWED",
      facts: { where: "stages.prefs: with.env" },
    });
    await checkChanges(worker(), asked({ secrets, signature: signed(worker().home, runId, "prefs", { env }) }));
    await checkChanges(worker(), asked({ secrets, secretsBefore: secrets }));
    await checkChanges(worker(), asked({}));
  });

  it("names other code where what the stage had before cannot be told", async () => {
    const broken = { ...settings, judge: code, count: "many" };
    await expect(checkChanges(worker(), change(code, { before: broken }))).rejects.toMatchObject(refused);
    const { before: _, ...unknown } = change(code);
    await expect(checkChanges(worker(), unknown)).rejects.toMatchObject(refused);
  });

  it("of a run that may run no code stays without it, signed or not", async () => {
    const { grant: _, ...asked } = change(code, { signature: signed(worker().home) });
    await expect(checkChanges(worker(), asked)).rejects.toMatchObject({ code: "CODE_NOT_ALLOWED" });
  });

  it("may name code where the operator allows it, in the worker's own project only", async () => {
    process.env[allowInlineCode] = "1";
    try {
      await checkChanges(worker(), change(code));
      const project = path.join(directory(), "elsewhere");
      const elsewhere = grantPlan(worker().home, runId, { project } as Plan);
      await expect(checkChanges(worker(), change(code, { project, grant: elsewhere.grant! }))).rejects.toMatchObject(
        refused,
      );
    } finally {
      delete process.env[allowInlineCode];
    }
  });
});

describe("the changes of a run that is resumed", () => {
  const definition = "name: one\nstages:\n  prefs: { uses: dataset, with: { source: { text: a } } }\n";
  const changes = [{ judge: code }];
  const state = (more: Partial<StageState>): StageState => ({
    id: "prefs",
    uses: "dataset",
    status: "failed",
    attempts: 1,
    outputs: {},
    metrics: {},
    ...more,
  });
  const planOf = () => loadPlan(worker(), runId, signRequest(worker().home, runId, { definition }));
  const grantOf = async (stages: Record<string, StageState>, sign = false) => {
    const request = { plan: await planOf(), stages };
    return (await loadPlan(worker(), runId, sign ? signRequest(worker().home, runId, request) : request)).grant;
  };

  it("leave it its rights where they were accepted once, or are signed", async () => {
    const asked = change(code, { signature: signed(worker().home) });
    const changesGrant = await checkChanges(worker(), asked);
    expect(await grantOf({ prefs: state({ changes, changesGrant }) })).toBeDefined();
    expect(await grantOf({ prefs: state({ changes }) }, true)).toBeDefined();
    expect(await grantOf({ prefs: state({}) })).toBeDefined();
  });

  it("take them from it where nobody has accepted them", async () => {
    expect(await grantOf({ prefs: state({ changes }) })).toBeUndefined();
    const changesGrant = await checkChanges(worker(), change({ kind: "regex", pattern: "a" }));
    expect(await grantOf({ prefs: state({ changes, changesGrant }) })).toBeUndefined();
  });
});
