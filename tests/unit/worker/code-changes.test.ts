import { mkdirSync } from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../../platform/json.js";
import type { ChangeRequest, RunRequest, StageState } from "../../../schemas/run.js";
import type { StageType } from "../../../schemas/stages/index.js";
import { readLog } from "../../../store/history/log-reader.js";
import { savePlan } from "../../../store/records/runs.js";
import { grantChanges, signChange } from "../../../worker/authority/changes.js";
import { grantPlan, planDigest } from "../../../worker/authority/plans.js";
import { allowInlineCode, signRequest } from "../../../worker/authority/requests.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { checkChanges } from "../../../worker/bookkeeping/prepare.js";
import { planned } from "../../support/planned.js";
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

/** A change of a parked stage's judge, as the workflow asks whether it may be. */
const checked = (after: JsonObject | undefined, asked: Asked = {}): Promise<string> =>
  changed({ judge: after ?? null }, asked);

function changed(
  change: JsonObject,
  {
    before = settings,
    uses = "collect-preferences",
    inputs = {},
    mayRunCode = true,
    project = worker().workingDirectory,
    ...more
  }: Asked,
): Promise<string> {
  const { home } = worker();
  const plan = {
    ...{ name: "p", definitionDigest: digest, seed: 1, inputs, outputs: {}, project },
    stages: [planned("prefs", { uses, with: before })],
  };
  return savePlan(home, runId, mayRunCode ? grantPlan(home, runId, plan) : plan, "").then(() =>
    checkChanges(worker(), { ...{ runId, stage: "prefs", states: [], change, attempts: 1 }, ...more }),
  );
}
interface Asked extends Partial<ChangeRequest> {
  before?: JsonObject;
  uses?: StageType;
  inputs?: JsonObject;
  mayRunCode?: boolean;
  project?: string;
}
const signed = (home: string, run = runId, stage = "prefs", changes: JsonObject = { judge: code }): string =>
  signChange(home, run, { stage, with: changes }).signature!;

describe("a change to a parked stage", () => {
  const refused = { code: "CODE_NOT_ALLOWED", facts: { where: "stages.prefs: with.judge.path", got: code.path } };

  it("that names code needs a signature, though the run may run the code of its plan", async () => {
    await expect(checked(code)).rejects.toMatchObject({
      ...refused,
      facts: { ...refused.facts, next: expect.stringContaining("pawl retry run prefs") },
    });
    for await (const line of readLog(worker().home, runId)) expect(line).toBeUndefined();
    const { home } = worker();
    await checked(code, { signature: signed(home) });
  });

  it.each([
    ["of another home", () => signed(path.join(directory(), "other"))],
    ["of another run", () => signed(worker().home, "other")],
    ["of another stage", () => signed(worker().home, runId, "other")],
    ["of another change", () => signed(worker().home, runId, "prefs", { judge: { ...code, path: "modules/a.mjs" } })],
    ["of nobody", () => "0".repeat(64)],
  ])("with a signature %s is refused", async (_, signature) => {
    await expect(checked(code, { signature: signature() })).rejects.toMatchObject(refused);
  });

  it("is free where it names no other code than before", async () => {
    await checked({ kind: "regex", pattern: "a" });
    const before = { ...settings, judge: code };
    await checked({ ...code, timeLimitMs: 5 }, { before });
    await checked({ kind: "length", path: null }, { before });
    const other = { ...code, path: "modules/other.mjs" };
    await expect(checked(other, { before })).rejects.toMatchObject({ code: "CODE_NOT_ALLOWED" });
  });

  it("needs a signature to turn data that looks like a secret into the secret", async () => {
    const title = "${{ secrets.HF }}";
    const command = (TITLE: string) => ({ run: ["true"], env: { TITLE } });
    const data = { uses: "command" as const, before: command("${{ inputs.title }}"), inputs: { title } };
    const change = { env: { TITLE: title } };
    await expect(changed(change, data)).rejects.toMatchObject({
      code: "CODE_NOT_ALLOWED",
      facts: { where: "stages.prefs: with.env" },
    });
    await changed(change, { ...data, signature: signed(worker().home, runId, "prefs", change) });
    await changed(change, { ...data, before: command(title) });
    await changed({ env: { TITLE: "${{ inputs.title }}" } }, data);
  });

  it("names other code where what the stage had before cannot be told", async () => {
    const broken = { ...settings, judge: { ...code, kind: "many" } };
    await expect(checked(code, { before: broken })).rejects.toMatchObject(refused);
    const unknown = { ...settings, judge: "${{ fromJSON('nothing') }}" };
    await expect(checked(code, { before: unknown })).rejects.toMatchObject(refused);
  });

  it("of a run that may run no code stays without it, signed or not", async () => {
    const asked = { mayRunCode: false, signature: signed(worker().home) };
    await expect(checked(code, asked)).rejects.toMatchObject({ code: "CODE_NOT_ALLOWED" });
  });

  it("is not believed to have been accepted before: each one is signed with those before it", async () => {
    const changes = [{ judge: code }];
    const refused = { code: "NOT_ALLOWED", facts: { got: "changes that no worker has accepted" } };
    await expect(checked({ kind: "length" }, { changes })).rejects.toMatchObject(refused);
    const changesGrant = await checked(code, { signature: signed(worker().home) });
    await checked({ ...code, timeLimitMs: 5 }, { changes, changesGrant });
    await expect(checked(code, { changes: [...changes, ...changes], changesGrant })).rejects.toMatchObject(refused);
  });

  it("may name code where the operator allows it, in the worker's own project only", async () => {
    process.env[allowInlineCode] = "1";
    try {
      await checked(code);
      const project = path.join(directory(), "elsewhere");
      await expect(checked(code, { project })).rejects.toMatchObject(refused);
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
  const begin = (request: RunRequest) => loadPlan(worker(), runId, request, "execution");
  const changesOf = async (stages: Record<string, StageState>) => {
    const { plan } = await begin(signRequest(worker().home, runId, { definition }));
    return (await begin({ planDigest: planDigest(plan), stages })).stages["prefs"]!.changes;
  };

  it("are kept where they were accepted once; its rights are those of its plan", async () => {
    const changesGrant = grantChanges(worker().home, runId, "prefs", changes);
    expect(await changesOf({ prefs: state({ changes, changesGrant }) })).toEqual(changes);
  });

  it("are left out where nobody has accepted them", async () => {
    expect(await changesOf({ prefs: state({ changes }) })).toBeUndefined();
    const changesGrant = grantChanges(worker().home, runId, "prefs", [{ judge: { kind: "length" } }]);
    expect(await changesOf({ prefs: state({ changes, changesGrant }) })).toBeUndefined();
  });
});
