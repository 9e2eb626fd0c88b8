import type { JsonObject } from "../../../../platform/json.js";
import type { Plan, PlannedStage } from "../../../../schemas/plan.js";
import type { SettingsProposal, StageClaim } from "../../../../schemas/run.js";
import { putArtifact } from "../../../../store/artifacts/artifacts.js";
import { savePlan } from "../../../../store/records/runs.js";
import { createDatasetWriter } from "../../../../formats/dataset.js";
import { grantChanges } from "../../../../worker/authority/changes.js";
import { planDigest } from "../../../../worker/authority/plans.js";
import { signReceipt } from "../../../../worker/authority/receipts.js";
import { sealedStage } from "../../../../worker/authority/settings.js";
import { useDirectory } from "../../../support/directory.js";
import { planned } from "../../../support/planned.js";

const home = useDirectory();
const text = (value: string): JsonObject => ({ source: { text: value } });

/** A first stage, and one that takes a metric of it. */
const first = planned("first", { with: text("hello") });
const second = planned("second", { with: text("${{ stages.first.metrics.trainRows }} rows"), needs: ["first"] });
let digest = "";
async function save(stages: PlannedStage[], more: Partial<Plan> = {}): Promise<void> {
  const plan = { name: "p", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, outputs: {}, stages, ...more };
  await savePlan(home(), "run", plan, "");
  digest = planDigest(plan);
}

/** What the run says of a stage that has succeeded, signed by a worker. */
function claim(id: string, trainRows = 1, more: Partial<StageClaim> = {}): StageClaim {
  const result = { id, uses: "dataset" as const, outputs: {}, metrics: { trainRows } };
  return { ...result, status: "succeeded", receipt: signReceipt(home(), { runId: "run", digest }, result), ...more };
}
const ask = (stage: string, settings: JsonObject, more: Partial<SettingsProposal> = {}) =>
  sealedStage(home(), { runId: "run", stage, with: settings, states: [], ...more });
const refused = (got: string) => ({ code: "NOT_ALLOWED", facts: { got: expect.stringContaining(got) } });

describe("a stage's settings", () => {
  beforeEach(() => save([first, second]));

  it("are those that the plan in the store makes of signed results", async () => {
    const asked = await ask("second", text("1 rows"), { states: [claim("first")] });
    expect(asked.with).toEqual(text("1 rows"));
  });
  it("are refused if they are others, or of a stage that the plan lacks", async () => {
    await expect(ask("first", text("rm -rf"))).rejects.toMatchObject(refused("settings that the run's plan"));
    await expect(ask("third", text("hello"))).rejects.toMatchObject(refused("a stage that the plan lacks"));
    await expect(ask("first.1", text("hello"))).rejects.toMatchObject(refused("a stage that the plan lacks"));
  });
  it.each<[string, (claimed: StageClaim) => StageClaim]>([
    ["changed", (claimed) => ({ ...claimed, metrics: { trainRows: 2 } })],
    ["signed for another stage", (claimed) => ({ ...claimed, receipt: claim("other", 2).receipt! })],
    ["signed by nobody", ({ receipt: _, ...claimed }) => claimed],
    ["of a key that the store lacks", ({ receipt: _, ...claimed }) => ({ ...claimed, key: "0".repeat(64) })],
    ["of another type", (claimed) => ({ ...claimed, uses: "command" })],
    ["of a stage that still runs", (claimed) => ({ ...claimed, status: "running" })],
    ["signed for another key", (claimed) => ({ ...claimed, key: "1".repeat(64) })],
  ])("are refused if they are made of a result that is %s", async (_, change) => {
    const states = [change(claim("first"))];
    await expect(ask("second", text(`${states[0]!.metrics["trainRows"]} rows`), { states })).rejects.toMatchObject(
      refused("a result of stages.first that no worker of this store has signed"),
    );
  });
  it("wait for all that the stage needs: no approval is passed", async () => {
    for (const status of ["skipped", "failed", "cancelled"] as const) {
      const states = [claim("first", 1, { status })];
      await expect(ask("second", text(" rows"), { states })).rejects.toMatchObject(refused("do not let it run"));
    }
    await expect(ask("second", text("1 rows"))).rejects.toMatchObject({ code: "STORE_UNREADABLE" });
  });
  it("of a stage with an `if` of its own may see a need that failed, without any result of it", async () => {
    await save([first, { ...second, if: "always()" }]);
    const states = [claim("first", 1, { status: "failed" })];
    await ask("second", text(" rows"), { states });
    await expect(ask("second", text("1 rows"), { states })).rejects.toMatchObject(refused("settings"));
  });
  it("obey their `if`: it implies success() unless it names a status, and its own condition counts", async () => {
    await save([first, { ...second, if: "stages.first.metrics.trainRows > 1" }]);
    await ask("second", text("2 rows"), { states: [claim("first", 2)] });
    const one = ask("second", text("1 rows"), { states: [claim("first", 1)] });
    await expect(one).rejects.toMatchObject(refused("do not let it run"));
    await save([first, { ...second, with: text("x"), if: "true" }]);
    const failed = ask("second", text("x"), { states: [claim("first", 1, { status: "failed" })] });
    await expect(failed).rejects.toMatchObject(refused("do not let it run"));
  });
  it("hold changes only if they were accepted for this stage of this run, in this order", async () => {
    const changes = [{ source: { text: "a" } }, { source: { text: "b" } }];
    const accepted = { changes, changesGrant: grantChanges(home(), "run", "first", changes) };
    await ask("first", text("b"), accepted);
    const states = [claim("first")];
    await expect(ask("first", text("a"), { ...accepted, changes: changes.toReversed() })).rejects.toMatchObject(
      refused("changes"),
    );
    await expect(ask("second", text("b"), { ...accepted, states })).rejects.toMatchObject(refused("changes"));
  });
  it("are unknown where the store has no plan of the run", async () => {
    const asked = ask("first", text("hello"), { runId: "other" });
    await expect(asked).rejects.toMatchObject({ code: "STORE_UNREADABLE" });
  });
  it("are those of the plan that the store has now", async () => {
    await ask("first", text("hello"));
    await save([planned("first", { with: text("bye") })]);
    await expect(ask("first", text("hello"))).rejects.toMatchObject(refused("settings"));
    await ask("first", text("bye"));
  });
});

describe("a combination", () => {
  it("of a matrix has the values of the plan", async () => {
    const matrix = { combinations: [{ rows: 1 }, { rows: 2 }], failFast: true };
    await save([planned("sweep", { with: text("${{ matrix.rows }} rows"), matrix } as never)]);
    await ask("sweep.2", text("2 rows"));
    await expect(ask("sweep.2", text("3 rows"), { combination: { rows: 3 } })).rejects.toMatchObject(
      refused("settings"),
    );
  });

  const listed = (items: unknown): PlannedStage =>
    planned("each", { with: text("${{ item }}"), foreach: { items, maxItems: 9, failFast: true } as never });
  const item = (index: number, value: string) => ({ combination: { item: value, index } });

  it("of a list is one of its items", async () => {
    await save([listed("${{ fromJSON(inputs.list) }}")], { inputs: { list: '["a", "b"]' } });
    await ask("each.2", text("b"), item(1, "b"));
    await ask("each.1", text("a"), item(0, "a"));
    for (const [stage, given] of [
      ["each.2", item(1, "c")],
      ["each.1", item(1, "b")],
      ["each.3", item(2, "c")],
      ["each.2", { combination: { item: "b" } }],
    ] as const)
      await expect(ask(stage, text(given.combination.item), given)).rejects.toMatchObject(refused("an item"));
  });
  it("has numbers as JSON carries them, and the list of the plan that the run has now", async () => {
    await save([listed("${{ fromJSON(inputs.list) }}")], { inputs: { list: "[-0.0]" } });
    await ask("each.1", { source: { text: 0 } }, { combination: { item: 0, index: 0 } });
    await save([listed("${{ fromJSON(inputs.list) }}")], { inputs: { list: "[7]" } });
    await ask("each.1", { source: { text: 7 } }, { combination: { item: 7, index: 0 } });
  });
  it("of a list counts only with all others, and an empty list only if it is empty", async () => {
    const after = planned("after", { with: text("x"), needs: ["each"] });
    await save([listed("${{ fromJSON(inputs.list) }}"), after], { inputs: { list: '["a", "b"]' } });
    const members = [item(0, "a"), item(1, "b")].map((given, i) => claim(`each.${i + 1}`, 1, given));
    await ask("after", text("x"), { states: members });
    const missing = refused("a result of stages.each that no worker");
    await expect(ask("after", text("x"), { states: members.slice(0, 1) })).rejects.toMatchObject(missing);
    const empty: StageClaim = { id: "each", uses: "dataset", status: "succeeded", outputs: {}, metrics: {} };
    await expect(ask("after", text("x"), { states: [empty] })).rejects.toMatchObject(missing);
    await save([listed("${{ fromJSON(inputs.list) }}"), after], { inputs: { list: "[]" } });
    await ask("after", text("x"), { states: [empty] });
  });
  it("of a matrix is left out only by its `if`, or where somebody may skip it", async () => {
    const matrix = { combinations: [{ rows: 1 }, { rows: 2 }], failFast: true };
    const sweep = planned("sweep", { with: text("${{ matrix.rows }} rows"), matrix } as never);
    const after = planned("after", { with: text("x"), needs: ["sweep"] });
    await save([sweep, after]);
    const skipped = () => [claim("sweep.1"), claim("sweep.2", 1, { status: "skipped" })];
    await expect(ask("after", text("x"), { states: skipped() })).rejects.toMatchObject(refused("a result of"));
    await save([{ ...sweep, onFailure: "park" }, after]);
    await ask("after", text("x"), { states: skipped() });
  });
  it("of the list in an artifact is one of its rows", async () => {
    const data = await putArtifact(home(), "dataset", async (directory) => {
      const writer = createDatasetWriter(directory, { kind: "text", source: "x", sourceDigest: "0".repeat(64) });
      for (const value of ["a", "b"]) await writer.write({ text: value });
      await writer.close();
    });
    const items = "${{ stages.first.outputs.train }}";
    await save([first, { ...listed(items), with: text("${{ item.text }}"), needs: ["first"] }]);
    const result = { id: "first", uses: "dataset" as const, outputs: { train: data }, metrics: {} };
    const receipt = signReceipt(home(), { runId: "run", digest }, result);
    const states = [{ ...result, status: "succeeded" as const, receipt }];
    const given = { combination: { item: { text: "b" }, index: 1 }, states };
    await ask("each.2", text("b"), given);
    const forged = { ...given, combination: { item: { text: "c" }, index: 1 } };
    await expect(ask("each.2", text("c"), forged)).rejects.toMatchObject(refused("an item"));
  });
});
