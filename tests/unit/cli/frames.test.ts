import picocolors from "picocolors";
import { runLines } from "../../../cli/render/run-lines.js";
import { plain } from "../../../cli/render/values.js";
import { displayWidth } from "../../../cli/render/width.js";
import type { RunView } from "../../../api/reading/run-view.js";
import type { StageState } from "../../../schemas/run.js";
import { makeStage, makeView } from "../../support/run-views.js";
import type { Progress } from "../../../schemas/stage-result.js";

const nowMs = 65_000;

/** The runs that the frames below are of. */
const shown = new Set<RunView>();

/** A frame of a terminal without colors. */
function frame(view: RunView, columns: number, rows = 23, more: { address?: string; hint?: string } = {}): string {
  const colors = picocolors.createColors(false);
  shown.add(view);
  return `\n${runLines(view, { columns, rows, colors, nowMs, ...more }).join("\n")}\n`;
}

const training: Progress = {
  phase: "train",
  done: 740,
  total: 1200,
  unit: "steps",
  etaSeconds: 47.2,
  checkpointStep: 700,
  checkpointedAtMs: 56_400,
  metrics: { loss: 4.3, learningRate: 0.000213, gradientNorm: 0.81234, smoothedLoss: 4.31, tokensPerSecond: 7912 },
};
const falling = [9, 8.1, 7.4, 6.6, 6, 5.5, 5.1, 4.8, 4.6, 4.5, 4.4, 4.35, 4.3, 4.3];

const data = makeStage("speeches", "cached", { uses: "dataset", metrics: { rows: 4096 } });
const tokens = makeStage("tokens", "succeeded", {
  uses: "tokenize",
  startedAtMs: 1000,
  endedAtMs: 7900,
  metrics: { vocabularySize: 4096, tokens: 812_345, tokensPerByte: 0.31 },
});
const base = makeStage("base", "running", { startedAtMs: 8000, key: "k" });
const chat = makeStage("chat", "queued", { uses: "sft" });
const needs = { tokens: ["speeches"], base: ["tokens"], chat: ["base", "speeches"], prefs: ["chat"] };
const underWay = makeView(
  [data, tokens, base, chat, makeStage("prefs", "queued", { uses: "collect-preferences" })],
  {
    progress: { base: training },
    curves: { base: falling },
    usualMs: new Map([
      ["speeches", 900],
      ["tokens", 7000],
      ["base", 110_000],
      ["chat", 60_000],
      ["prefs", 3000],
    ]),
  },
  needs,
);
const address = "http://127.0.0.1:8233/namespaces/default/workflows/tiny-abc234";

test("a run under way: at 80 columns the address, the speed and the learning rate yield", () => {
  expect(frame(underWay, 80, 23, { address, hint: "Ctrl-C asks" })).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 41 %  2 of 5 done  1m 05s  1m 51s left
      ↺ speeches  dataset        from cache  rows 4,096
      ✓ tokens    tokenize       6.9 s  vocabularySize 4,096  tokens 812,345
      ● base      pretrain       ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  48 s left
      ○ chat      sft            waits for base
      ○ prefs     collec…rences  waits for chat
      Ctrl-C asks
    "
  `);
  expect(frame(underWay, 120, 39, { address, hint: "Ctrl-C asks" })).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 41 %  2 of 5 done  1m 05s  1m 51s left
      ↺ speeches  dataset              from cache  rows 4,096
      ✓ tokens    tokenize             6.9 s  vocabularySize 4,096  tokens 812,345  tokensPerByte 0.31
      ● base      pretrain             ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  7.9k tok/s  48 s left  checkpoint 9 s ago
      ○ chat      sft                  waits for base
      ○ prefs     collect-preferences  waits for chat
      Ctrl-C asks
    "
  `);
  expect(frame(underWay, 160, 39, { address })).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 41 %  2 of 5 done  1m 05s  1m 51s left  http://127.0.0.1:8233/namespaces/default/workflows/tiny-abc234
      ↺ speeches  dataset              from cache  rows 4,096
      ✓ tokens    tokenize             6.9 s  vocabularySize 4,096  tokens 812,345  tokensPerByte 0.31
      ● base      pretrain             train  ▓▓▓▓▓▓░░░░ 740/1,200 steps  loss 4.300 █▅▃▂▁▁▁  7.9k tok/s  48 s left  checkpoint 9 s ago  learningRate 2.13e-4
      ○ chat      sft                  waits for base
      ○ prefs     collect-preferences  waits for chat
    "
  `);
});

test("at 20 columns, status and progress remain", () => {
  expect(frame(underWay, 20)).toMatchInlineSnapshot(`
    "
    ● running 41 %  1m …
      ↺ sp…es  from cac…
      ✓ to…ns  6.9 s  v…
      ● base   740/1,20…
      ○ chat   waits fo…
      ○ prefs  waits fo…
    "
  `);
});

test("before the first step: the phase, no loss, no ETA", () => {
  const compiling = { ...training, phase: "compile", done: 0, metrics: {} };
  const { etaSeconds: _eta, checkpointStep: _step, checkpointedAtMs: _at, ...progress } = compiling;
  const view = makeView(
    [tokens, base, makeStage("other", "running"), makeStage("loading", "running", { startedAtMs: 60_000 })],
    {
      progress: { base: progress },
      queued: new Set(["other"]),
    },
  );
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 25 %  1 of 4 done  1m 05s
      ✓ tokens   tokenize  6.9 s  vocabularySize 4,096  tokens 812,345
      ● base     pretrain  compile  ░░░░░░░░░░ 0/1,200 steps
      ● other    pretrain  waits for a free worker process
      ● loading  pretrain  running 5 s
    "
  `);
});

const failure: StageState["failure"] = {
  code: "LOSS_NOT_FINITE",
  class: "divergence",
  message: "the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31 at optimizer step 311\nmore",
  facts: { next: "lower learningRate, or raise warmupSteps: its gradients had a norm of 1,204 before" },
};

test("failed after retries, backing off, and parked: why, what next, and the command", () => {
  const view = makeView(
    [
      makeStage("base", "failed", { attempts: 3, failure }),
      makeStage("flaky", "backingOff", {
        uses: "dataset",
        attempts: 2,
        reason:
          "DOWNLOAD_FAILED: the server answered 503 to the request for the second file; the next attempt follows in 10 s",
      }),
      makeStage("tune", "parked", { uses: "sft", failure, changes: [{ learningRate: 0.001 }] }),
      makeStage("resumed", "running", { attempts: 2 }),
    ],
    { progress: { resumed: training }, curves: { resumed: falling } },
  );
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 40 %  0 of 4 done  1m 05s
      ✗ base     failed  LOSS_NOT_FINITE  attempt 3
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31
        at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of
        1,204 before
      ↻ flaky    backing off  attempt 2
        DOWNLOAD_FAILED: the server answered 503 to the request for the second file;
        the next attempt follows in 10 s
      ⏸ tune     parked  LOSS_NOT_FINITE
        changed by retry: with.learningRate = 0.001
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31
        at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of
        1,204 before
        waits for an action: pawl retry | skip | abort tiny-abc234 tune
      ● resumed  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  48 s left  attempt 2
    "
  `);
  expect(frame(view, 120, 39)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 40 %  0 of 4 done  1m 05s
      ✗ base     pretrain  failed  LOSS_NOT_FINITE  attempt 3
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31 at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of 1,204 before
      ↻ flaky    dataset   backing off  attempt 2
        DOWNLOAD_FAILED: the server answered 503 to the request for the second file; the next attempt follows in 10 s
      ⏸ tune     sft       parked  LOSS_NOT_FINITE
        changed by retry: with.learningRate = 0.001
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31 at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of 1,204 before
        waits for an action: pawl retry | skip | abort tiny-abc234 tune
      ● resumed  pretrain  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  7.9k tok/s  48 s left  attempt 2  checkpoint 9 s ago
    "
  `);
});

test("waiting for choices and for an approval", () => {
  const choiceRequest = {
    pairs: { artifact: "pairs", digest: "0" } as never,
    items: 120,
    target: 100,
    choices: { 1: "first", 2: "tie", 3: "second" } as const,
    closesAtMs: nowMs + 7_380_000,
  };
  const view = makeView([
    makeStage("prefs", "waiting", { uses: "collect-preferences", choiceRequest }),
    makeStage("release", "waiting", {
      uses: "approve",
      approval: { message: "Release the model to the shared directory? It scored 0.71.", form: {}, approvers: [] },
    }),
  ]);
  view.state.status = "waiting";
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ◆ waiting 0 %  0 of 2 done  1m 05s
      ◆ prefs    collec…rences  ░░░░░░░░░░ 3/100 choices  closes in 2h 03m
        prefs waits for choices: pawl choose tiny-abc234
      ◆ release  approve        waits for an approval
        Release the model to the shared directory? It scored 0.71.
        release waits for an approval: pawl approve tiny-abc234
    "
  `);
  expect(frame(view, 120, 39)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ◆ waiting 0 %  0 of 2 done  1m 05s
      ◆ prefs    collect-preferences  ░░░░░░░░░░ 3/100 choices  closes in 2h 03m
        prefs waits for choices: pawl choose tiny-abc234
      ◆ release  approve              waits for an approval
        Release the model to the shared directory? It scored 0.71.
        release waits for an approval: pawl approve tiny-abc234
    "
  `);
});

const combination = (i: number): Partial<StageState> => ({ combination: { rate: 0.01 * i, layers: 2 } });

test("a matrix: what has ended or is queued is counted, what runs or failed is shown", () => {
  const stages = [
    makeStage("tune.1", "succeeded", combination(1)),
    makeStage("tune.2", "cached", combination(2)),
    makeStage("tune.3", "failed", { ...combination(3), failure }),
    makeStage("tune.4", "running", combination(4)),
    makeStage("tune.5", "running", { ...combination(5), attempts: 2 }),
    ...[6, 7, 8].map((i) => makeStage(`tune.${i}`, "queued", combination(i))),
    makeStage("best", "queued", { uses: "select" }),
    makeStage("look.1", "succeeded", { ...combination(1), metrics: { loss: 2.5 }, startedAtMs: 0, endedAtMs: 2000 }),
    makeStage("look.2", "queued", combination(2)),
  ];
  const progress = { "tune.4": training, "tune.5": { ...training, done: 12 } };
  const view = makeView(stages, { progress, curves: { "tune.4": falling } });
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 42 %  3 of 11 done  1m 05s
      ✗ tune      ▓▓░░░░░░░░ 2 of 8 done  2 under way  1 failed  3 queued
      ├ ✗ tune.3  rate 0.03, layers 2  failed  LOSS_NOT_FINITE
          the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31
          at optimizer step 311
          next: lower learningRate, or raise warmupSteps: its gradients had a norm
          of 1,204 before
      ├ ● tune.4  rate 0.04, layers 2  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300  48 s left
      └ ● tune.5  rate 0.05, layers 2  12/1,200  loss 4.300  48 s left  attempt 2
      ○ best      queued
      ● look      ▓▓▓▓▓░░░░░ 1 of 2 done  1 queued
      ├ ✓ look.1  rate 0.01, layers 2  2.0 s  loss 2.5
      └ ○ look.2  rate 0.02, layers 2  queued
    "
  `);
  expect(frame(view, 120, 39)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 42 %  3 of 11 done  1m 05s
      ✗ tune      pretrain  ▓▓░░░░░░░░ 2 of 8 done  2 under way  1 failed  3 queued
      ├ ✗ tune.3  pretrain  rate 0.03, layers 2  failed  LOSS_NOT_FINITE
          the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31 at optimizer step 311
          next: lower learningRate, or raise warmupSteps: its gradients had a norm of 1,204 before
      ├ ● tune.4  pretrain  rate 0.04, layers 2  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  7.9k tok/s  48 s left
      └ ● tune.5  pretrain  rate 0.05, layers 2  ░░░░░░░░░░ 12/1,200  loss 4.300  7.9k tok/s  48 s left  attempt 2
      ○ best      select    queued
      ● look      pretrain  ▓▓▓▓▓░░░░░ 1 of 2 done  1 queued
      ├ ✓ look.1  pretrain  rate 0.01, layers 2  2.0 s  loss 2.5
      └ ○ look.2  pretrain  rate 0.02, layers 2  queued
    "
  `);
});

test("a child pipeline: its stages below it, and what it waits for", () => {
  const inner = makeView([tokens, base, chat], { runId: "tiny-abc234.train", progress: { base: training } });
  const stages = [
    makeStage("train", "running", { uses: "pipeline", child: { run: "tiny-abc234.train", execution: "e" } }),
    makeStage("other", "waiting", {
      uses: "pipeline",
      child: {
        run: "tiny-abc234.other",
        execution: "e",
        asks: { status: "waiting", run: "tiny-abc234.other", stage: "ask", verb: "approve" },
      },
    }),
    makeStage("remote", "running", { uses: "pipeline", child: { run: "tiny-abc234.remote", execution: "e" } }),
  ];
  const view = makeView(stages, { children: { train: inner } });
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 17 %  0 of 3 done  1m 05s
      ● train     pipeline  ▓▓▓░░░░░░░ 1 of 3 done  1 under way  1 queued
      ├ ✓ tokens  tokenize  6.9 s  vocabularySize 4,096  tokens 812,345
      ├ ● base    pretrain  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300  7.9k tok/s  48 s left
      └ ○ chat    sft       queued
      ◆ other     pipeline  ask of its run is waiting
        other waits in a run of its own: pawl approve tiny-abc234.other --stage ask
      ● remote    pipeline  running 0 s
    "
  `);
  expect(frame(view, 120, 39)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 17 %  0 of 3 done  1m 05s
      ● train     pipeline  ▓▓▓░░░░░░░ 1 of 3 done  1 under way  1 queued  run tiny-abc234.train
      ├ ✓ tokens  tokenize  6.9 s  vocabularySize 4,096  tokens 812,345  tokensPerByte 0.31
      ├ ● base    pretrain  train  ▓▓▓▓▓▓░░░░ 740/1,200 steps  loss 4.300  7.9k tok/s  48 s left  checkpoint 9 s ago
      └ ○ chat    sft       queued
      ◆ other     pipeline  ask of its run is waiting
        other waits in a run of its own: pawl approve tiny-abc234.other --stage ask
      ● remote    pipeline  running 0 s
    "
  `);
});

test("a stage of the project's own is named by its file", () => {
  const view = makeView([makeStage("mine", "running", { uses: "module" }), chat], {
    progress: { mine: { phase: "count", done: 1234, total: 0, unit: "rows", metrics: {} } },
  });
  Object.assign(view.state.plan!.stages[0]!, { ownSettings: "settings", with: { file: "./stages/count-rows.ts" } });
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 0 %  0 of 2 done  1m 05s
      ● mine  ./stag…ows.ts  count  1,234 rows
      ○ chat  sft            queued
    "
  `);
});

const many = (status: StageState["status"], count: number, from = 1): StageState[] =>
  Array.from({ length: count }, (_, i) => makeStage(`s${from + i}`, status, { uses: "dataset" }));

test("1,000 stages: what has ended and what is queued fold, as far as needed", () => {
  const view = makeView(
    [
      ...many("succeeded", 480),
      makeStage("base", "running"),
      makeStage("bad", "failed", { failure }),
      ...many("queued", 518, 481),
    ],
    { progress: { base: training }, curves: { base: falling } },
  );
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 48 %  480 of 1,000 done  1m 05s
      ✓ 480 done  s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15,…
      ● base  pretrain  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  48 s left
      ✗ bad   pretrain  failed  LOSS_NOT_FINITE
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31
        at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of
        1,204 before
      ○ s481  dataset   queued
      ○ s482  dataset   queued
      ○ s483  dataset   queued
      ○ s484  dataset   queued
      ○ s485  dataset   queued
      ○ s486  dataset   queued
      ○ s487  dataset   queued
      ○ s488  dataset   queued
      ○ s489  dataset   queued
      ○ s490  dataset   queued
      ○ s491  dataset   queued
      ○ s492  dataset   queued
      ○ s493  dataset   queued
      ○ s494  dataset   queued
      ○ 504 queued  s495, s496, s497, s498, s499, s500, s501, s502, s503, s504, s50…
    "
  `);
  expect(frame(view, 120, 12)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 48 %  480 of 1,000 done  1m 05s
      ✓ 480 done  s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23,…
      ● base  pretrain  train  ▓▓▓▓▓▓░░░░ 740/1,200 steps  loss 4.300 █▅▃▂▁▁▁  7.9k tok/s  48 s left  checkpoint 9 s ago
      ✗ bad   pretrain  failed  LOSS_NOT_FINITE
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31 at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of 1,204 before
      ○ s481  dataset   queued
      ○ s482  dataset   queued
      ○ s483  dataset   queued
      ○ s484  dataset   queued
      ○ s485  dataset   queued
      ○ 513 queued  s486, s487, s488, s489, s490, s491, s492, s493, s494, s495, s496, s497, s498, s499, s500, s501, s502, s…
    "
  `);
});

test("more stages under way than lines: as many as fit, and the rest is counted", () => {
  expect(frame(makeView(many("running", 40)), 80, 8)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 0 %  0 of 40 done  1m 05s
      ● s1  dataset  running 0 s
      ● s2  dataset  running 0 s
      ● s3  dataset  running 0 s
      ● s4  dataset  running 0 s
      ● s5  dataset  running 0 s
      ● s6  dataset  running 0 s
      ● 34 more under way or failed  s7, s8, s9, s10, s11, s12, s13, s14, s15, s16,…
    "
  `);
});

test("what waits for people or has failed folds last of all", () => {
  const stages = [...many("running", 4), makeStage("ask", "parked", { failure }), ...many("running", 4, 5)];
  expect(frame(makeView(stages), 80, 5)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 0 %  0 of 9 done  1m 05s
      ● s1   dataset   running 0 s
      ● s2   dataset   running 0 s
      ⏸ ask  pretrain  parked  LOSS_NOT_FINITE
      ● 6 more under way or failed  s3, s4, s5, s6, s7, s8
    "
  `);
});

test("a matrix of child pipelines: each combination with its stages below it", () => {
  const child = (i: number): Partial<StageState> => {
    return { uses: "pipeline", child: { run: `tiny-abc234.trial.${i}`, execution: "e" }, ...combination(i) };
  };
  const asks = { status: "parked", run: "tiny-abc234.trial.1", stage: "base", verb: "retry" } as const;
  const asking = makeStage("trial.1", "parked", child(1));
  const stages = [
    { ...asking, child: { ...asking.child!, asks } },
    makeStage("trial.2", "running", child(2)),
    makeStage("trial.3", "queued", { uses: "pipeline", ...combination(3) }),
  ];
  const inner = makeView([tokens, base], { runId: "tiny-abc234.trial.2", progress: { base: training } });
  expect(frame(makeView(stages, { children: { "trial.2": inner } }), 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 26 %  0 of 3 done  1m 05s
      ⏸ trial       pipeline  ░░░░░░░░░░ 0 of 3 done  2 under way  1 queued
      ├ ⏸ trial.1   pipeline  rate 0.01, layers 2  base of its run is parked
          trial.1 waits in a run of its own: pawl retry | skip | abort
          tiny-abc234.trial.1 base
      ├ ● trial.2   pipeline  rate 0.02, layers 2  ▓▓▓▓▓░░░░░ 1 of 2 done  48 s left
        ├ ✓ tokens  tokenize  6.9 s  vocabularySize 4,096  tokens 812,345
        └ ● base    pretrain  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300  48 s left
      └ ○ trial.3   pipeline  rate 0.03, layers 2  queued
    "
  `);
});

test("very long ids keep their ends, and no part of a command is cut", () => {
  const id = "pretrain-on-the-novel-with-the-large-vocabulary-and-all-layers-7";
  const view = makeView([makeStage(id, "parked", { failure }), makeStage(`${id}8`, "running")], {
    runId: "a-run-with-a-name-that-somebody-wrote-for-an-experiment-of-this-november",
    progress: { [`${id}8`]: training },
    curves: { [`${id}8`]: falling },
  });
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    a-run-with-a-name-th…nt-of-this-november  ● running 30 %  0 of 2 done  1m 05s
      ⏸ pretrain-o…-layers-7  parked  LOSS_NOT_FINITE
        the loss became NaN at optimizer step 312 of 1,200, after it had been 4.31
        at optimizer step 311
        next: lower learningRate, or raise warmupSteps: its gradients had a norm of
        1,204 before
        waits for an action: pawl retry | skip | abort
        a-run-with-a-name-that-somebody-wrote-for-an-experiment-of-this-november
        pretrain-on-the-novel-with-the-large-vocabulary-and-all-layers-7
      ● pretrain-o…layers-78  ▓▓▓▓▓▓░░░░ 740/1,200  loss 4.300 █▅▃▂▁▁▁  48 s left
    "
  `);
});

test("wide characters, control characters and line breaks take the columns that they are counted with", () => {
  const view = makeView(
    [
      makeStage("tune.1", "running", { combination: { text: "磁盘已满\u001b[31m\nx" } }),
      makeStage("b", "failed", {
        failure: { ...failure, message: "没有数据".repeat(20), facts: { next: "加\u0007数据" } },
      }),
    ],
    { runId: "运行-磁盘已满-磁盘已满-磁盘已满-磁盘已满" },
  );
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    运行-磁盘已满-磁盘已满-磁盘已满-磁盘已满  ● running 50 %  0 of 2 done  1m 05s
      ● tune.1  pretrain  text 磁盘…01b[31m x  running 0 s
      ✗ b       pretrain  failed  LOSS_NOT_FINITE
        没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有
        数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据
        没有数据
        next: 加\\u0007数据
    "
  `);
  expect(frame(view, 24)).toMatchInlineSnapshot(`
    "
    ● running 50 %
      ● tune.1  pr…in  text…
      ✗ b       pr…in  fail…
        没有数据没有数据没有
        数据没有数据没有数据
        没有数据没有数据没…
        next: 加\\u0007数据
    "
  `);
});

test("loading, and waiting for a place", () => {
  const view = makeView([], { note: "waiting for a worker to answer (if none runs: pawl worker)" });
  view.state.status = "loading";
  expect(frame(view, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ○ loading  1m 05s
      waiting for a worker to answer (if none runs: pawl worker)
    "
  `);
  const queued = makeView([chat]);
  queued.state.queue = { group: "gpus", behind: ["other-abc234", "third-abc234"] };
  expect(frame(queued, 80)).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 0 %  0 of 1 done  1m 05s
      ○ chat  sft  queued
      the run waits for a place in its concurrency group gpus, behind other-abc234,
      third-abc234 (pawl watch other-abc234)
    "
  `);
});

test("none of these runs is ever drawn wider or higher than the terminal", () => {
  const colors = picocolors.createColors(true);
  expect(shown.size).toBeGreaterThan(10);
  for (const view of shown)
    for (const [columns, rows] of sizes) {
      const lines = runLines(view, { columns, rows, colors, nowMs, address, hint: "Ctrl-C: leave" });
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(displayWidth(plain(line))).toBeLessThanOrEqual(columns);
    }
});

const sizes = [1, 2, 5, 12, 20, 33, 79, 80, 120, 200].flatMap((columns) =>
  [1, 2, 5, 9, 23, 60].map((rows) => [columns, rows] as const),
);
