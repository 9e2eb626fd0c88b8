import { rmSync } from "node:fs";
import { collectGarbage } from "../../../store/collection/gc.js";
import { hasArtifacts } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { statuses, queryRunState } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(1000);

/** However new something is, it counts as old. */
const everything = () => ({ beforeMs: Date.now() + 60_000, dryRun: false });

test("a removal beside a running run takes nothing from it, also what came from the cache of a removed run", async () => {
  const { home } = fleet;
  const first = await fleet.launch(plan([stage("a", { steps: 1 })]));
  const made = (await first.result()).stages["a"]!.outputs;
  const gate = fleet.gate();
  const run = await fleet.launch(
    plan([stage("a", { steps: 1 }), stage("b", { steps: 2, checkpointEvery: 1, hold: gate.file }, { needs: ["a"] })]),
  );
  await fleet.logged(run, "b", /^started$/);
  expect(statuses(await queryRunState(run))).toMatchObject({ a: "cached", b: "running" });
  rmSync(layout.run(home, first.workflowId), { recursive: true });
  const { rows } = await collectGarbage(home, everything());
  expect(rows.filter(({ kind }) => kind === "run")).toMatchObject([{ removed: false, why: "resumable", number: 1 }]);
  expect(rows.filter(({ kind, removed }) => removed && kind !== "temporary")).toEqual([]);
  expect(hasArtifacts(home, made)).toBe(true);
  gate.open();
  expect((await run.result()).stages).toMatchObject({ a: { status: "cached" }, b: { status: "succeeded" } });
  // Nothing reaches them once their run is removed, too.
  rmSync(layout.run(home, run.workflowId), { recursive: true });
  await collectGarbage(home, everything());
  expect(hasArtifacts(home, made)).toBe(false);
  const again = await fleet.launch(plan([stage("a", { steps: 1 })]));
  expect((await again.result()).stages["a"]).toEqual({
    status: "succeeded",
    outputs: made,
    metrics: expect.anything(),
  });
});
