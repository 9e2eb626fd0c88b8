import { rmSync } from "node:fs";
import { collectGarbage } from "../../store/collection/gc.js";
import { hasArtifacts } from "../../store/artifacts/artifacts.js";
import { layout } from "../../store/home.js";
import { statuses, queryRunState, useFleet } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";

const fleet = useFleet();

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

test("removals beside runs that begin, share results and end leave none of them without its artifacts", async () => {
  const { home } = fleet;
  let running = true;
  let removed = 0;
  const removing = (async () => {
    while (running) {
      // Ten seconds instead of an hour at least: enough for a result that is taken to appear in the
      // log of its run.
      const { rows } = await collectGarbage(home, { beforeMs: Date.now() - 10_000, dryRun: false });
      for (const row of rows) if (row.removed && row.kind === "artifact") removed += row.number;
    }
  })();
  try {
    for (let round = 0; round < 4 || removed < 3; round++) {
      // Two rounds share results; those of earlier ones become garbage.
      const steps = 2 + (round >> 1);
      const stages = [stage("a", { steps }), stage("b", { steps, checkpointEvery: 1 }, { needs: ["a"] })];
      const runs = await Promise.all([1, 2].map(() => fleet.launch(plan(stages, { seed: steps }))));
      for (const run of runs) {
        const { stages } = await run.result();
        for (const { outputs } of Object.values(stages)) expect(hasArtifacts(home, outputs)).toBe(true);
      }
      for (const run of runs) rmSync(layout.run(home, run.workflowId), { recursive: true, force: true });
    }
  } finally {
    running = false;
    await removing;
  }
});
