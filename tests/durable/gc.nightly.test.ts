import { rmSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { collectGarbage } from "../../store/collection/gc.js";
import { hasArtifacts } from "../../store/artifacts/artifacts.js";
import { layout } from "../../store/home.js";
import { useFleet } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";

const fleet = useFleet();

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
      // An empty store takes no turn of the event loop.
      await setImmediate();
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
