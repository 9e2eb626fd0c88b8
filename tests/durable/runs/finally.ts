import { runFailure, queryRunState, statuses } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(10000);

const last = () => [
  stage("cleaned", { steps: 2 }, { needs: ["a", "b"], if: "cancelled()" }),
  stage("told", {}, { cache: false, needs: ["a", "b", "cleaned"], if: "always()" }),
  stage("parks", { fail: { code: "DATA_EMPTY", attempts: 9 } }, { needs: ["b"], if: "cancelled()", onFailure: "park" }),
];

test("a canceled run runs the stages that ask for it, and is canceled afterwards", async () => {
  const gate = fleet.gate();
  const run = await fleet.launch(plan([stage("a", { hold: gate.file }), stage("b", {}, { needs: ["a"] }), ...last()]));
  await fleet.logged(run, "a", /^working/);
  await run.cancel();
  expect((await runFailure(run)).type).toBe("CancelledFailure");
  const state = await queryRunState(run);
  expect(state.status).toBe("cancelled");
  expect(statuses(state)).toEqual({
    a: "cancelled",
    b: "cancelled",
    cleaned: "succeeded",
    told: "succeeded",
    parks: "cancelled",
  });
});

test("a run that fails runs them, too, and they see no cancellation", async () => {
  const failing = { fail: { code: "DATA_EMPTY", attempts: 9 } };
  const run = await fleet.launch(plan([stage("a", failing), stage("b", {}, { needs: ["a"] }), ...last()]));
  expect((await runFailure(run)).type).toBe("DATA_EMPTY");
  expect(statuses(await queryRunState(run))).toMatchObject({
    a: "failed",
    b: "skipped",
    cleaned: "skipped",
    told: "succeeded",
  });
});

test("`finally: true` of a definition runs after all other stages, whatever became of them, unless its `if` is false", async () => {
  const definition = `name: ends
stages:
  told: { uses: dataset, finally: true, with: { source: { text: '{"steps": 3}' }, query: none } }
  cleaned: { uses: dataset, finally: true, if: failure(), with: { source: { text: '{"steps": 4}' }, query: none } }
  praised: { uses: dataset, finally: true, if: success(), with: { source: { text: '{"steps": 5}' }, query: none } }
  a: { uses: dataset, with: { source: { text: '{"fail": {"code": "DATA_EMPTY", "attempts": 9}}' }, query: none } }
  b: { uses: dataset, needs: a, with: { source: { text: '{"steps": 6}' }, query: none } }
`;
  const run = await fleet.launch({ definition });
  expect((await runFailure(run)).type).toBe("DATA_EMPTY");
  const { stages } = await queryRunState(run);
  expect(statuses({ stages })).toEqual({
    a: "failed",
    b: "skipped",
    told: "succeeded",
    cleaned: "succeeded",
    praised: "skipped",
  });
  const [a, told] = ["a", "told"].map((id) => stages.find((one) => one.id === id));
  expect(told!.startedAtMs).toBeGreaterThanOrEqual(a!.endedAtMs!);
});
