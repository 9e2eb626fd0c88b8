import { type ApplicationFailure, WorkflowUpdateFailedError } from "@temporalio/client";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ParkedStageAction, StageState } from "../../../schemas/run.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { runFailure, queryRunState, statuses, until, type Run } from "../support/fleet.js";
import { plansFrom, stage, type Program } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(5000);

const failing = (code: string, attempts = 99): Program => ({ fail: { code, attempts } });

const answer = (run: Run, name: string, args: ParkedStageAction): Promise<StageState> =>
  run.executeUpdate<StageState, [ParkedStageAction]>(name, { args: [args] });

describe("attempts", () => {
  async function attempts(program: Program): Promise<{ attempts: number; status: string }> {
    const run = await fleet.launch(plan([stage("a", program, { cache: false })]));
    await run.result().catch(() => undefined);
    const { attempts, status } = (await queryRunState(run)).stages[0]!;
    return { attempts, status };
  }
  test.each([
    ["configuration", "DATA_EMPTY", 1],
    ["divergence", "LOSS_NOT_FINITE", 1],
    ["internal", "COMPUTE_FAILED", 1],
    ["io, maxAttempts 3", "DOWNLOAD_FAILED", 3],
    ["out of memory, 1 further", "OUT_OF_MEMORY", 2],
    ["lost, 3 further", "WORKER_LOST", 4],
  ])("%s", async (_, code, expected) => {
    expect(await attempts(failing(code))).toEqual({ attempts: expected, status: "failed" });
  });
  test("end with the first that succeeds", async () => {
    expect(await attempts(failing("DISK_FULL", 1))).toEqual({ attempts: 2, status: "succeeded" });
  });
  test("an attempt that takes longer than `timeout` fails with STAGE_TIMEOUT", async () => {
    const { file } = fleet.gate();
    const run = await fleet.launch(
      plan([
        stage(
          "a",
          { hold: file },
          { timeoutMs: 1000, heartbeatMs: 1000, retry: { ...stage("", {}).retry, maxAttempts: 1 } },
        ),
      ]),
    );
    expect(await runFailure(run)).toMatchObject({ type: expect.stringMatching(/STAGE_TIMEOUT|WORKER_LOST/) });
  });
});

describe("an artifact that its next stage finds", () => {
  const damages: [string, number, (directory: string) => void][] = [
    [
      "damaged",
      1,
      (directory) => {
        chmodSync(path.join(directory, "state"), 0o644);
        writeFileSync(path.join(directory, "state"), "something else");
      },
    ],
    ["missing", 2, (directory) => rmSync(directory, { recursive: true })],
  ];
  test.each(damages)(
    "%s is made again by its stage within the run, and the rest waits for it",
    async (_, seed, damage) => {
      const gate = fleet.gate();
      const open = "${{ stages.a.outputs.train.digest }}";
      const stages = [
        stage("a", { steps: 2 }),
        stage("b", { hold: gate.file, open }, { needs: ["a"] }),
        stage("c", { open }, { needs: ["a", "b"] }),
      ];
      const run = await fleet.launch(plan(stages, { seed: 700 + seed }));
      const { stages: states } = await until(run, (state) => statuses(state)["b"] === "running");
      const digest = states[0]!.outputs["train"]!.digest;
      damage(layout.object(fleet.home, digest));
      gate.open();
      await run.result();
      const ended = await queryRunState(run);
      expect(ended.stages.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
        ["a", "succeeded", 2],
        ["b", "succeeded", 2],
        ["c", "succeeded", 1],
      ]);
      expect(ended.stages[0]!.outputs["train"]!.digest).toBe(digest);
      await openArtifact(fleet.home, { artifact: "dataset", digest });
    },
  );
  test("damaged again and again ends the run when the stage's attempts are used up", async () => {
    const artifact = { artifact: "dataset", digest: "0".repeat(64) };
    const missing = stage("b", { open: artifact.digest }, { needs: ["a"] });
    const run = await fleet.launch(plan([stage("a", {}), missing], { seed: 703 }));
    expect(await runFailure(run)).toMatchObject({ type: "ARTIFACT_MISSING" });
  });
});

describe("onFailure: fail", () => {
  test("lets what runs finish, starts nothing more, and fails with the located facts", async () => {
    const gate = fleet.gate();
    const run = await fleet.launch(
      plan([
        stage("bad", failing("DATA_EMPTY")),
        stage("long", { steps: 2, hold: gate.file }),
        stage("after", {}, { needs: ["long"] }),
        stage("report", {}, { needs: ["bad", "long"], if: "always()" }),
      ]),
    );
    await until(run, ({ stages }) => stages[0]?.status === "failed");
    gate.open();
    expect(await runFailure(run)).toEqual({
      type: "DATA_EMPTY",
      message: [
        "stages.bad (dataset) failed",
        "DATA_EMPTY: as the test asked",
        "  where: with",
        "  next: change the program",
        "  (another attempt would fail in the same way)",
      ].join("\n"),
    });
    const state = await queryRunState(run);
    expect(state.status).toBe("failed");
    expect(statuses(state)).toEqual({ bad: "failed", long: "succeeded", after: "cancelled", report: "succeeded" });
  });
});

describe("onFailure: continue", () => {
  test("skips what needs the stage and continues with the rest", async () => {
    const run = await fleet.launch(
      plan(
        [
          stage("bad", failing("DATA_EMPTY"), { onFailure: "continue" }),
          stage("dependent", {}, { needs: ["bad"] }),
          stage("rescue", { steps: 21 }, { needs: ["bad"], if: "failure()" }),
          stage("other", { steps: 22 }),
        ],
        { outputs: { bad: "${{ stages.bad.outputs.train }}" } },
      ),
    );
    const { outputs } = await run.result();
    expect(outputs).toEqual({ bad: null });
    expect(statuses(await queryRunState(run))).toEqual({
      bad: "failed",
      dependent: "skipped",
      rescue: "succeeded",
      other: "succeeded",
    });
  });
});

describe("onFailure: park", () => {
  let seeds = 100;
  async function parked(program: Program = failing("DATA_EMPTY")): Promise<Run> {
    const run = await fleet.launch(
      plan([stage("a", program, { onFailure: "park" }), stage("b", {}, { needs: ["a"] })], { seed: seeds++ }),
    );
    const state = await until(run, ({ status }) => status === "parked");
    expect(state.stages[0]).toMatchObject({ status: "parked", failure: { code: "DATA_EMPTY" } });
    return run;
  }
  test("retry with changed `with` continues to the end", async () => {
    const run = await parked();
    const changed = { source: { text: JSON.stringify({ steps: 5 }) } };
    expect(await answer(run, "retry", { stage: "a", with: changed })).toMatchObject({ status: "queued" });
    const result = await run.result();
    expect(result.stages["a"]).toMatchObject({ status: "succeeded", metrics: { trainRows: 5 } });
    expect(result.stages["b"]?.status).toBe("succeeded");
  });
  test("retry with a `with` that is wrong is refused, with what is wrong, and leaves nothing", async () => {
    const run = await parked();
    const before = await queryRunState(run);
    const bomb = "${{ stages.nothing.metrics.x }}";
    for (const [changes, type, message] of [
      [{ sauce: 1 }, "UNKNOWN_KEY", "with.sauce is not a known key"],
      [{ source: null }, "MISSING_KEY", "with.source is missing"],
      [{ heldOut: 2 }, "OUT_OF_RANGE", "with.heldOut must be"],
      [{ query: bomb }, "UNKNOWN_REFERENCE", "nothing"],
      [5, "WRONG_TYPE", "with must be an object of changed settings, got 5"],
      [[1], "WRONG_TYPE", "with must be an object of changed settings, got a list"],
      [null, "WRONG_TYPE", "with must be an object of changed settings, got null"],
      [{ source: { text: "x".repeat(70_000) } }, "OUT_OF_RANGE", "exceed 65536 characters"],
    ] as const) {
      const refused = await answer(run, "retry", { stage: "a", with: changes as never }).catch(
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
      const { cause } = refused as WorkflowUpdateFailedError;
      expect(cause).toMatchObject({ type, message: expect.stringContaining(message) });
    }
    expect(await queryRunState(run)).toEqual(before);
    // A right change is not poisoned by the wrong ones before it, and the log has it.
    const changed = { source: { text: JSON.stringify({ steps: 6 }) } };
    await answer(run, "retry", { stage: "a", with: changed });
    expect((await run.result()).stages["a"]).toMatchObject({ status: "succeeded", metrics: { trainRows: 6 } });
    expect(await fleet.log(run, "a")).toContain("1 changed by retry");
  });
  test.each([null, 5, [1], "a"])("the update retry with %j is refused", async (argument) => {
    const run = await parked();
    const refused = await answer(run, "retry", argument as never).catch((error: unknown) => error);
    expect((refused as WorkflowUpdateFailedError).cause).toMatchObject({
      type: "STAGE_NOT_PARKED",
      message: "the action names no stage; parked now: a",
    });
    await answer(run, "skip", { stage: "a" });
    await run.result();
  });
  test("skip skips what needs it, and the run succeeds", async () => {
    const run = await parked();
    await answer(run, "skip", { stage: "a" });
    const result = await run.result();
    expect(Object.values(result.stages).map(({ status }) => status)).toEqual(["skipped", "skipped"]);
  });
  test("abort fails the run with the stage's failure", async () => {
    const run = await parked();
    await answer(run, "abort", { stage: "a" });
    expect((await runFailure(run)).type).toBe("DATA_EMPTY");
    expect(statuses(await queryRunState(run))).toEqual({ a: "failed", b: "skipped" });
  });
  test("a run that fails ends its parked stages; the run that resumes it retries them", async () => {
    const gate = fleet.gate();
    const run = await fleet.launch(
      plan([
        stage("a", failing("DATA_EMPTY", 1), { onFailure: "park" }),
        stage("bad", { hold: gate.file, ...failing("DATA_INVALID", 1) }),
      ]),
    );
    await until(run, ({ stages }) => stages[0]?.status === "parked");
    gate.open();
    expect((await runFailure(run)).type).toBe("DATA_INVALID");
    const state = await queryRunState(run);
    expect(state.stages).toMatchObject([
      { status: "cancelled", reason: "stages.bad failed while this stage was parked", failure: { code: "DATA_EMPTY" } },
      { status: "failed" },
    ]);
    // As `pawl resume` sends it, once what made them fail has passed.
    const resumed = await fleet.launch({
      plan: plan([stage("a", { steps: 3 }), stage("bad", { steps: 4 })]),
      stages: Object.fromEntries(state.stages.map((one) => [one.id, one])),
    });
    expect((await resumed.result()).stages).toMatchObject({
      a: { metrics: { trainRows: 3 } },
      bad: { metrics: { trainRows: 4 } },
    });
  });
  test("an answer to a stage that is not parked is refused", async () => {
    const run = await parked();
    for (const [argument, told] of [
      [{ stage: "b" }, "stages.b is queued, not parked; parked now: a"],
      [{ stage: "c" }, "stages.c does not exist; parked now: a"],
      [{}, "the action names no stage; parked now: a"],
    ] as const) {
      const refused = await answer(run, "retry", argument as ParkedStageAction).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((refused as WorkflowUpdateFailedError).cause).toMatchObject({ type: "STAGE_NOT_PARKED", message: told });
    }
    await answer(run, "skip", { stage: "a" });
    await run.result();
  });
  test("the UI shows what it waits for", async () => {
    const run = await parked();
    const metadata = await run.query<{ currentDetails: string }>("__temporal_workflow_metadata");
    expect(metadata.currentDetails).toContain("### ⏸ a is parked");
    await answer(run, "skip", { stage: "a" });
    await run.result();
  });
});

describe("cancel", () => {
  test("a running stage saves a checkpoint and ends before the run does", async () => {
    const { file } = fleet.gate();
    const run = await fleet.launch(plan([stage("a", { steps: 6, hold: file }), stage("b", {}, { needs: ["a"] })]));
    await until(run, ({ stages }) => stages[0]?.status === "running");
    await fleet.logged(run, "a", /^working/);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
    const canceled = "1 canceled: the run was canceled, or no longer needs the stage";
    expect(await fleet.log(run, "a")).toEqual(["1 started", "1 working", "1 checkpoint", canceled]);
    const state = await queryRunState(run);
    expect(state.status).toBe("cancelled");
    expect(statuses(state)).toEqual({ a: "cancelled", b: "cancelled" });
  });
  test("a parked run is canceled immediately", async () => {
    const run = await fleet.launch(plan([stage("a", failing("DATA_EMPTY"), { onFailure: "park" })]));
    await until(run, ({ status }) => status === "parked");
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
  });
});

test("a failure keeps its facts as details", async () => {
  const run = await fleet.launch(plan([stage("a", failing("DATA_INVALID"))]));
  const error = (await run.result().catch((failed: unknown) => failed)) as { cause: ApplicationFailure };
  expect(error.cause.nonRetryable).toBe(true);
  expect(error.cause.details).toMatchObject([
    { stage: "a", failure: { code: "DATA_INVALID", class: "configuration" } },
  ]);
});
