import type { RunState } from "../../schemas/run.js";
import { until, useFleet } from "./support/fleet.js";
import { expectToDrain, longHistories } from "./support/long-history.js";
import { plan, stage } from "./support/plans.js";

const fleet = useFleet({ settings: longHistories });

test("after 16 MiB nothing is started until the run has continued as new", () => expectToDrain(fleet, 40, 450_000));

test("at most 200 stages are under way at the same time: what one workflow task starts must fit into one request", async () => {
  const { file } = fleet.gate();
  const stages = Array.from({ length: 203 }, (_, i) => stage(`s${i}`, { steps: 1 + i, hold: file }, { cache: false }));
  const run = await fleet.launch(plan(stages, { seed: 3 }));
  const count = (state: RunState, status: string) => state.stages.filter((one) => one.status === status).length;
  const state = await until(run, (now) => count(now, "running") >= 200 && now.stages[199]!.attempts === 1);
  expect([count(state, "running"), count(state, "queued")]).toEqual([200, 3]);
  await run.cancel();
  await expect(run.result()).rejects.toThrow();
});
