import { openArtifact } from "../../store/index.js";
import { stateOf, useFleet } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";

const fleet = useFleet({ slots: 2 });

test("two runs do the same work at the same time, each with its checkpoints: both succeed, with the same artifacts", async () => {
  const gate = fleet.gate();
  const program = { steps: 40, checkpointEvery: 1, hold: gate.file };
  const same = plan([
    stage("a", program, { checkpoint: { everyMs: 1000, keep: 1 } }),
    stage("b", { steps: 3 }, { needs: ["a"] }),
  ]);
  const runs = await Promise.all([fleet.launch(same), fleet.launch(same)]);
  await Promise.all(runs.map((run) => fleet.logged(run, "a", /^working/)));
  const keys = await Promise.all(runs.map(async (run) => (await stateOf(run)).stages[0]!.key));
  expect(keys[0]).toBe(keys[1]);
  gate.open();
  const [first, second] = await Promise.all(runs.map(async (run) => (await run.result()).stages["a"]!));
  expect([first!.status, second!.status]).toEqual(["succeeded", "succeeded"]);
  expect(second!.outputs).toEqual(first!.outputs);
  for (const ref of Object.values(first!.outputs)) await openArtifact(fleet.home, ref);
  const third = await (await fleet.launch(same)).result();
  expect(third.stages["a"]).toMatchObject({ status: "cached", outputs: first!.outputs });
});
