import { runFailure, queryRunState, statuses } from "../support/fleet.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(8000);

/** A program whose values come from the combination. */
const program = (fields: object) => ({
  source: { text: JSON.stringify(fields).replaceAll(/"(\$\{\{[^}]*\}\})"/g, "$1") },
  query: "none",
});

test("a stage runs once for each combination; the one that select takes is passed on", async () => {
  const combinations = [3, 5, 4].map((steps) => ({ steps }));
  const run = await fleet.launch(
    plan(
      [
        stage(
          "sweep",
          {},
          {
            with: program({ steps: "${{ matrix.steps }}" }),
            if: "matrix.steps != 4",
            matrix: { combinations, maxParallel: 1, failFast: true },
          },
        ),
        stage(
          "best",
          {},
          {
            needs: ["sweep"],
            uses: "select",
            with: {
              from: { train: "${{ stages.sweep.outputs.train }}" },
              by: "${{ stages.sweep.metrics.trainRows }}",
              prefer: "highest",
            },
          },
        ),
      ],
      { outputs: { all: "${{ stages.sweep.metrics.trainRows }}", best: "${{ stages.best.outputs.train }}" } },
    ),
  );
  const { outputs, stages } = await run.result();
  expect(outputs).toEqual({ all: [3, 5, null], best: stages["sweep.2"]!.outputs["train"] });
  expect(stages["best"]).toMatchObject({ metrics: { value: 5, combination: 2, candidates: 2 } });
  const state = await queryRunState(run);
  expect(state.stages.map(({ id, status, combination }) => [id, status, combination])).toEqual([
    ["sweep.1", "succeeded", { steps: 3 }],
    ["sweep.2", "succeeded", { steps: 5 }],
    ["sweep.3", "skipped", { steps: 4 }],
    ["best", "succeeded", undefined],
  ]);
  const [first, second] = state.stages;
  expect(second!.startedAtMs).toBeGreaterThanOrEqual(first!.endedAtMs!);
});

test("a combination that fails stops those under way, with their checkpoints; a resumed run keeps what has ended", async () => {
  const [failing, endless] = [fleet.gate(), fleet.gate()];
  const combinations = [
    { hold: import.meta.filename, failures: 0 },
    { hold: failing.file, failures: 1 },
    { hold: endless.file, failures: 0 },
  ];
  const fields = {
    steps: 3,
    hold: "${{ matrix.hold }}",
    fail: { code: "DATA_EMPTY", attempts: "${{ matrix.failures }}" },
  };
  const settings = program(fields);
  settings.source.text = settings.source.text.replace("${{ matrix.hold }}", '"${{ matrix.hold }}"');
  const sweep = plan([
    stage("sweep", {}, { with: settings, matrix: { combinations, failFast: true } }),
    stage("after", {}, { needs: ["sweep"] }),
  ]);
  const run = await fleet.launch(sweep);
  await Promise.all([fleet.logged(run, "sweep.2", /^working/), fleet.logged(run, "sweep.3", /^working/)]);
  failing.open();
  expect(await runFailure(run)).toMatchObject({ type: "DATA_EMPTY" });
  const state = await queryRunState(run);
  expect(statuses(state)).toEqual({
    "sweep.1": "succeeded",
    "sweep.2": "failed",
    "sweep.3": "cancelled",
    after: "skipped",
  });
  expect(state.stages[2]!.reason).toBe("stages.sweep.2 failed, and the matrix has failFast");

  endless.open();
  const known = Object.fromEntries(state.stages.map((one) => [one.id, one]));
  const resumed = await fleet.launch({ plan: sweep, stages: known });
  await runFailure(resumed);
  const [first, second] = (await queryRunState(resumed)).stages;
  expect(first!.startedAtMs).toBe(state.stages[0]!.startedAtMs);
  expect(second).toMatchObject({ status: "failed", attempts: 1 });
});

test("with failFast: false, the combinations that are queued behind one that fails run, and the run fails at the end", async () => {
  const combinations = [
    { steps: 1, failures: 1 },
    { steps: 2, failures: 0 },
    { steps: 3, failures: 0 },
  ];
  const fields = { steps: "${{ matrix.steps }}", fail: { code: "DATA_EMPTY", attempts: "${{ matrix.failures }}" } };
  const matrix = { combinations, maxParallel: 1, failFast: false };
  const run = await fleet.launch(
    plan([stage("sweep", {}, { with: program(fields), matrix }), stage("after", {}, { needs: ["sweep"] })]),
  );
  expect(await runFailure(run)).toMatchObject({ type: "DATA_EMPTY" });
  expect(statuses(await queryRunState(run))).toEqual({
    "sweep.1": "failed",
    "sweep.2": "succeeded",
    "sweep.3": "succeeded",
    after: "skipped",
  });
});
