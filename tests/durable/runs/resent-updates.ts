import { statuses, until } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(3000);

test("an update that comes again with its id is answered again and applied once; one that was refused is judged anew", async () => {
  const [gate, end] = [fleet.gate(), fleet.gate()];
  const run = await fleet.launch(
    plan([
      stage("held", { steps: 1, hold: gate.file }, { heartbeatMs: 600_000 }),
      stage("parked", { fail: { code: "DATA_EMPTY", attempts: 1 } }, { onFailure: "park", needs: ["held"] }),
      // The run must not end before the second answer.
      stage("last", { steps: 2, hold: end.file }, { heartbeatMs: 600_000, needs: ["parked"] }),
    ]),
  );
  const retry = (): Promise<unknown> =>
    run.executeUpdate("retry", { args: [{ stage: "parked" }], updateId: "the same" });
  await until(run, (state) => statuses(state)["held"] === "running");
  await expect(retry()).rejects.toMatchObject({ cause: { message: expect.stringContaining("not parked") } });
  gate.open();
  await until(run, (state) => statuses(state)["parked"] === "parked");
  const answers = [await retry(), await retry()];
  expect(answers[0]).toMatchObject({ status: "queued" });
  expect(answers[1]).toEqual(answers[0]);
  end.open();
  expect((await run.result()).stages["parked"]).toMatchObject({ status: "succeeded" });
});
