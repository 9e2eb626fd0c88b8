import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import picocolors from "picocolors";
import { table } from "../../../cli/render/table.js";
import { ownColors, release } from "../../../cli/terminal-codes.js";
import { observer } from "../../../cli/render/observers.js";
import { endText } from "../../../cli/render/end.js";
import { renderError, toShown } from "../../../cli/render/error.js";
import { runLines } from "../../../cli/render/run-lines.js";
import { Screen } from "../../../cli/render/screen.js";
import { cut, plain } from "../../../cli/render/values.js";
import type { RunView } from "../../../api/reading/run-view.js";
import { readRunSamples } from "../../../report/run/samples.js";
import { PawlError } from "../../../platform/errors.js";
import type { StageState } from "../../../schemas/run.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";
import { elapsedText } from "../../../report/stage-words.js";
import { ago, duration, shortNumber, metricsText } from "../../../report/values.js";

const home = useDirectory();
const colors = picocolors.createColors(false);
const vivid = picocolors.createColors(true);

test.each([
  [0, "0 ms"],
  [850, "850 ms"],
  [12_340, "12.3 s"],
  [59_949, "59.9 s"],
  [59_950, "1m 00s"],
  [185_000, "3m 05s"],
  [3_600_000, "1h 00m"],
  [7_380_000, "2h 03m"],
])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

describe("a stage's metrics on one line", () => {
  const evaluation = {
    accuracy: 0,
    winRate: 0.625,
    winRateLow: 0.512,
    winRateHigh: 0.7301,
    kl: 1.23456,
    klError: 0.0789,
    bitsPerByte: 1.9,
    questionsTooLong: 0,
    comparisons: 80,
  };

  test("intervals and errors stand beside what they are of", () => {
    expect(metricsText(evaluation)).toBe(
      "accuracy 0  winRate 0.625 (0.512–0.7301)  kl 1.235 ± 0.0789  bitsPerByte 1.9  questionsTooLong 0  comparisons 80",
    );
  });

  test("where there is no room for all, those that are zero go last, but for the first", () => {
    expect(metricsText(evaluation, 5)).toBe(
      "accuracy 0  winRate 0.625 (0.512–0.7301)  kl 1.235 ± 0.0789  bitsPerByte 1.9  comparisons 80",
    );
  });

  test("a metric whose name only ends like an interval or an error is shown by itself", () => {
    expect(metricsText({ error: 1, trainError: 2, high: 3 })).toBe("error 1  trainError 2  high 3");
  });
});

test.each([
  [0, "0"],
  [4096, "4,096"],
  [2.30951, "2.31"],
  [0.00123456, "0.001235"],
  [0.00001, "1.00e-5"],
  [12345.6, "12,346"],
  [1e20, "1.000e+20"],
  [null, "NaN"],
])("%s is shown as %s", (value, text) => expect(shortNumber(value)).toBe(text));

test("how long ago", () => {
  const now = new Date("2025-01-03T00:00:00Z");
  const at = (text: string): string => ago(new Date(text), now);
  expect([
    at("2025-01-02T23:59:30Z"),
    at("2025-01-02T23:50:00Z"),
    at("2025-01-02T20:00:00Z"),
    at("2024-12-30T00:00:00Z"),
  ]).toEqual(["just now", "10 min ago", "4 h ago", "4 days ago"]);
});

test("a cut line has at most the width, keeps its colors closed, and is untouched when it fits", () => {
  const words = fc.array(fc.tuple(fc.string({ unit: "grapheme-ascii" }), fc.boolean()), { maxLength: 6 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 30 }), (parts, width) => {
      const line = parts.map(([text, red]) => (red ? vivid.red(text) : text)).join("");
      const shown = cut(line, width);
      expect([...plain(shown)].length).toBeLessThanOrEqual(width);
      if ([...plain(line)].length <= width) expect(shown).toBe(line);

      expect(shown.match(/\u001b\[[0-9;]*m/g)).toEqual(line.match(/\u001b\[[0-9;]*m/g));
    }),
  );
});

test("a run that succeeded although a stage failed explains that stage", () => {
  const failure = {
    code: "DATA_INVALID" as const,
    class: "configuration" as const,
    message: "a line is not a JSON object",
    facts: { where: "a.jsonl, line 2", next: "fix the line" },
  };
  const state = { ...running.state, status: "succeeded" as const, stages: [stage("one", "failed", { failure })] };
  const text = endText({ ...running, state, endedAtMs: 1 }, [], recordedTerminal());
  expect(text).toContain("stages.one (pretrain), a.jsonl, line 2  a line is not a JSON object");
  expect(text).toContain("DATA_INVALID · next: fix the line");
});

test("a stage's time says how much of it was spent in the queue, parked, and waiting for people", () => {
  const times = (more: Partial<StageState>) =>
    elapsedText({ ...stage("a", "succeeded"), startedAtMs: 0, endedAtMs: 100_000, ...more }, 0);
  expect(times({})).toBe("1m 40s");
  expect(times({ spentMs: { running: 100_000 }, workedMs: 99_500 })).toBe("1m 40s");
  expect(times({ spentMs: { running: 90_000, backingOff: 10_000 }, workedMs: 60_000 })).toBe("1m 40s (40.0 s queued)");
  expect(times({ spentMs: { running: 40_000, parked: 60_000 }, workedMs: 40_000 })).toBe("1m 40s (1m 00s parked)");
  expect(times({ spentMs: { running: 70_000, waiting: 30_000 }, workedMs: 50_000 })).toBe(
    "1m 40s (20.0 s queued, 30.0 s waiting for people)",
  );
});

test("a table keeps Pawl's own color codes, and aligns what stands between them", () => {
  const colors = ownColors(true);
  const rows = [
    [colors.green("✓ one"), "succeeded", "x"],
    [`${colors.red("✗")} three`, "failed", ""],
  ];
  const drawn = release(table(["  stage", "status", "why"], rows, colors));
  expect(drawn).not.toContain("\\u001b");
  expect(plain(drawn)).toBe("  stage  status     why\n✓ one    succeeded  x\n✗ three  failed");
});

test("a table of more rows than a call takes arguments is drawn", () => {
  const drawn = table(
    ["stage"],
    Array.from({ length: 200_000 }, (_, i) => [`s${i}`]),
    picocolors.createColors(false),
  );
  expect(drawn.split("\n")).toHaveLength(200_001);
});

test("an error has one form: where, message, expected, got, code, what to do next", () => {
  const error = new PawlError("RUN_NOT_FOUND", "there is no run x", {
    where: "w",
    expected: "e",
    got: "g",
    next: "pawl list",
  });
  expect(renderError(toShown(error), colors)).toBe(
    ["w  there is no run x", "  expected: e", "  got: g", "  RUN_NOT_FOUND · next: pawl list"].join("\n"),
  );
  expect(plain(renderError(toShown(error), vivid))).toBe(renderError(toShown(error), colors));
  expect(toShown(new TypeError("x is not a function"))).toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("TypeError: x is not a function"),
  });
});

const stage = (id: string, status: StageState["status"], more: Partial<StageState> = {}): StageState => ({
  id,
  uses: "pretrain",
  status,
  attempts: 1,
  outputs: {},
  metrics: {},
  ...more,
});

const running: RunView = {
  runId: "tiny-abc234",
  startedAtMs: 0,
  queued: new Set(),
  progress: {
    base: { phase: "train", done: 1200, total: 3000, unit: "steps", etaSeconds: 185, metrics: { loss: 2.30951 } },
  },
  state: {
    pipeline: "tiny",
    status: "running",
    outputs: {},
    stages: [
      stage("data", "cached", { uses: "dataset", metrics: { rows: 4096 } }),
      stage("tok", "succeeded", {
        uses: "tokenize",
        startedAtMs: 1000,
        endedAtMs: 4200,
        metrics: { vocabularySize: 300 },
      }),
      stage("base", "running", { startedAtMs: 5000, attempts: 2 }),
      stage("flaky", "backingOff", { reason: "DISK_FULL: full; the next attempt follows in 10 s" }),
      stage("tune", "parked", {
        failure: { code: "LOSS_NOT_FINITE", class: "divergence", message: "the loss is NaN\nmore", facts: {} },
      }),
      stage("score", "queued"),
    ],
  },
};

test("a running run: its stages, and what they wait for", () => {
  expect(`\n${runLines(running, { columns: 100, colors, nowMs: 65_000 }).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    tiny-abc234  ● running 40 %  2 of 6 done  1m 05s
      ↺ data   dataset   from cache  rows 4,096
      ✓ tok    tokenize  3.2 s  vocabularySize 300
      ● base   pretrain  train  ▓▓▓▓░░░░░░ 1,200/3,000 steps  loss 2.310  3m 05s left  attempt 2
      ↻ flaky  pretrain  backing off
        DISK_FULL: full; the next attempt follows in 10 s
      ⏸ tune   pretrain  parked  LOSS_NOT_FINITE
        the loss is NaN
        waits for an action: pawl retry | skip | abort tiny-abc234 tune
      ○ score  pretrain  queued
    "
  `);
});

test("a paused run says how it continues; one that has ended does not", () => {
  const state = { ...running.state, status: "paused" as const, priority: 1, pausedSinceMs: 0, stages: [] };
  const [head, ...notes] = runLines({ ...running, state }, { columns: Infinity, colors, nowMs: 65_000 });
  expect(head).toBe("tiny-abc234  ⏸ paused  1m 05s  priority 1");
  expect(notes).toEqual([
    expect.stringMatching(
      /^ {2}the run is paused since \d\d:\d\d, and starts no further stage: pawl unpause tiny-abc234$/,
    ),
  ]);
  const ended = { ...running, state: { ...state, status: "cancelled" as const } };
  expect(runLines(ended, { columns: Infinity, colors, nowMs: 65_000 })).toHaveLength(1);
});

test("what retry has changed stands below a run, and below its end; of one setting the latest", () => {
  const changes = [
    { learningRate: 0.1, source: { file: "a.txt", unit: "line" } },
    { learningRate: 0.001, limit: null, words: ["x".repeat(60)] },
  ];
  const told = [
    'tune was changed by retry: with.source.file = "a.txt"',
    'with.source.unit = "line"',
    "with.learningRate = 0.001",
    "with.limit removed",
    `with.words = ["${"x".repeat(37)}…`,
  ].join(", ");
  const state = { ...running.state, stages: [stage("tune", "queued", { changes })] };
  const drawn = runLines({ ...running, state }, { columns: Infinity, colors, nowMs: 65_000 });
  expect(drawn).toContain(`    ${told.replace("tune was changed", "changed")}`);
  const ended = { ...running, state: { ...state, status: "succeeded" as const } };
  expect(endText(ended, [], recordedTerminal())).toContain(`\n\n  ${told}\n\n`);
});

test("a stage that no worker has taken up says what it waits for", () => {
  const calls = { activity: "count", taskQueue: "own" };
  const stages = [stage("a", "running"), stage("b", "running"), stage("c", "running", { calls })];
  const plan = { stages: [{ id: "b", resources: { gpu: 1 } }] } as unknown as NonNullable<RunView["state"]["plan"]>;
  const view = { ...running, queued: new Set(["a", "b", "c"]), state: { ...running.state, plan, stages } };
  const lines = runLines(view, { columns: 100, colors, nowMs: 65_000 });
  expect(lines[1]).toMatch(/a {2}pretrain {2}waits for a free worker process$/);
  expect(lines[2]).toMatch(/b {2}pretrain {2}waits for a GPU worker \(pawl worker --gpus 1\)$/);
  expect(lines[3]).toMatch(/c {2}pretrain {2}waits for a worker of the task queue own \(count\)$/);
});

test("no line is wider than the terminal", () => {
  for (const columns of [20, 40, 80])
    for (const line of runLines(running, { columns, colors: vivid, nowMs: 65_000 }))
      expect([...plain(line)].length).toBeLessThanOrEqual(columns);
});

describe("a screen", () => {
  const writes: string[] = [];
  beforeEach(() => (writes.length = 0));
  const newScreen = (): Screen => new Screen((text) => writes.push(release(text)));

  test("is redrawn in place, in one write", () => {
    const screen = newScreen();
    screen.draw(["a", "b"], 80);
    screen.draw(["c"], 80);
    screen.draw(["d", "e"], 80);
    expect(writes).toHaveLength(3);
    expect(writes[1]).toContain("\u001b[2A");
    expect(writes[2]).toContain("\u001b[1A");
    for (const write of writes) expect(write).toMatch(/\u001b\[0J$/);
    screen.release();
    expect(writes[3]).toContain("\u001b[?25h");
  });

  test("writes only what has changed, and nothing where nothing has", () => {
    const screen = newScreen();
    screen.draw(["one", "two", "three"], 80);
    screen.draw(["one", "two", "three"], 80);
    expect(writes).toHaveLength(1);
    screen.draw(["one", "2", "three"], 80);
    expect(writes[1]).toBe("\u001b[?25l\u001b[3A\u001b[1G\n\u001b[1G2\u001b[0K\n\n\u001b[0J");
  });

  test("that has become narrower is drawn anew, above the lines that the terminal has broken", () => {
    const screen = newScreen();
    screen.draw(["x".repeat(80), "y".repeat(41), "z"], 80);
    screen.draw(["x"], 40);
    expect(writes[1]).toContain("\u001b[5A");
  });

  test("keeps the last character of a line that is as wide as the terminal", () => {
    newScreen().draw(["abcde", "ab"], 5);
    expect(writes[0]).toContain("abcde\n");
    expect(writes[0]).toContain("ab\u001b[0K\n");
  });
});

test.each([0, -86_400_000, 86_400_000])(
  "without a terminal: a line a change, and progress now and then, though the clock is set by %i ms",
  (set) => {
    const terminal = recordedTerminal();
    let passed = 0;
    const observed = observer(terminal, undefined, () => passed);
    const shown = {
      show: (view: RunView, ms: number): void => {
        passed = ms;
        observed.show(view, ms + (ms > 0 ? set : 0));
      },
    };
    const lines = (): string[] => {
      const text = terminal.written.out;
      terminal.written.out = "";
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => line.slice(10));
    };
    shown.show(running, 0);
    expect(lines()).toEqual([
      "↺ data  cached  rows 4,096",
      "✓ tok  succeeded  3.2 s  vocabularySize 300",
      "● base  running  attempt 2",
      "↻ flaky  backing off  DISK_FULL: full; the next attempt follows in 10 s",
      "⏸ tune  parked  LOSS_NOT_FINITE: the loss is NaN",
      "    waits for an action: pawl retry | skip | abort tiny-abc234 tune",
      "  base  train 1,200/3,000 steps 40%  ETA 3m 05s  loss 2.31",
    ]);
    const later = { ...running, progress: { base: { ...running.progress["base"]!, done: 1300 } } };
    shown.show(running, 500);
    shown.show(later, 1000);
    expect(lines()).toEqual([]);
    shown.show(later, 10_000);
    expect(lines()).toEqual(["  base  train 1,300/3,000 steps 43%  ETA 3m 05s  loss 2.31"]);
    shown.show(later, 30_000);
    expect(lines()).toEqual([]);
  },
);

test("with --json: an event a line", () => {
  const terminal = { ...recordedTerminal(), json: true };
  const shown = observer(terminal);
  shown.show(running, 0);
  shown.show(running, 500);
  const events = terminal.written.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.map(({ event, id, stage: name }) => [event, id ?? name])).toEqual([
    ["stage", "data"],
    ["stage", "tok"],
    ["stage", "base"],
    ["stage", "flaky"],
    ["stage", "tune"],
    ["progress", "base"],
  ]);
});

test("with --json: what keeps the view from being fresh is reported when it begins, changes and ends", () => {
  const terminal = { ...recordedTerminal(), json: true };
  const shown = observer(terminal);
  const view: RunView = { ...running, state: { ...running.state, stages: [] } };
  for (const note of ["no worker", "no worker", "no server", undefined, undefined])
    shown.show(note === undefined ? view : { ...view, note }, 0);
  expect(terminal.written.out).toBe(
    ["no worker", "no server", null]
      .map((message) => `${JSON.stringify({ event: "note", run: "tiny-abc234", message })}\n`)
      .join(""),
  );
});

test("with --json: a pause and its end are events", () => {
  const terminal = { ...recordedTerminal(), json: true };
  const shown = observer(terminal);
  const at = (pausedSinceMs?: number): RunView => ({
    ...running,
    progress: {},
    state: { ...running.state, stages: [], ...(pausedSinceMs !== undefined && { pausedSinceMs }) },
  });
  for (const since of [undefined, 1000, 1000, undefined, undefined]) shown.show(at(since), 0);
  expect(terminal.written.out).toBe(
    [1000, null]
      .map((pausedSinceMs) => `${JSON.stringify({ event: "pause", run: "tiny-abc234", pausedSinceMs })}\n`)
      .join(""),
  );
});

test("how a run ended: the failing stage's code, facts and next act, and how to resume", () => {
  const failure = {
    code: "LOSS_NOT_FINITE" as const,
    class: "divergence" as const,
    message: "the loss became NaN at step 12",
    facts: { where: "step 12", next: "lower learningRate" },
  };
  const failed: RunView = {
    runId: "tiny-abc234",
    startedAtMs: 0,
    endedAtMs: 12_000,
    queued: new Set(),
    progress: {},
    state: {
      pipeline: "tiny",
      status: "failed",
      outputs: {},
      stages: [
        stage("tok", "succeeded", {
          uses: "tokenize",
          startedAtMs: 1000,
          endedAtMs: 4200,
          metrics: { vocabularySize: 300 },
        }),
        stage("base", "failed", { startedAtMs: 5000, endedAtMs: 11_000, failure }),
        stage("score", "cancelled", { uses: "evaluate", reason: "stages.base failed before this stage was started" }),
      ],
    },
  };
  expect(`\n${endText(failed, [], recordedTerminal())}\n`).toMatchInlineSnapshot(`
       "
         stage  uses      status     time   metrics
       ✓ tok    tokenize  succeeded  3.2 s  vocabularySize 300
       ✗ base   pretrain  failed     6.0 s  LOSS_NOT_FINITE
       – score  evaluate  canceled          stages.base failed before this stage was started

       stages.base (pretrain), step 12  the loss became NaN at step 12
         LOSS_NOT_FINITE · next: lower learningRate

       failed in 12.0 s: tiny-abc234
         next: change that, then pawl run tiny (finished stages come from the cache)
       "
    `);
});

test("in a narrow terminal the table leaves out types and the last metrics; none is cut", () => {
  const metrics = {
    accuracy: 0.985,
    accuracyLow: 0.957,
    accuracyHigh: 0.995,
    questions: 200,
    reasoningShare: 0.996,
    tooLong: 3,
  };
  const stages = [
    stage("addition-after-reasoned", "succeeded", { uses: "evaluate", startedAtMs: 0, endedAtMs: 42_000, metrics }),
    stage("base", "succeeded", { startedAtMs: 0, endedAtMs: 6000, metrics: { loss: 2.31 } }),
  ];
  const view = { ...running, state: { ...running.state, status: "succeeded" as const, stages } };
  const tableAt = (columns: number): string =>
    endText(view, [], recordedTerminal({ interactive: true, columns })).split("\n\n")[0]!;
  expect(`\n${tableAt(80)}\n`).toMatchInlineSnapshot(`
       "
         stage                    status     time    metrics
       ✓ addition-after-reasoned  succeeded  42.0 s  accuracy 0.985 (0.957–0.995)
       ✓ base                     succeeded  6.0 s   loss 2.31
       "
    `);
  expect(tableAt(200)).toContain(
    "  evaluate  succeeded  42.0 s  accuracy 0.985 (0.957–0.995)  questions 200  reasoningShare 0.996  tooLong 3",
  );
});

test("a failure that may pass is answered by resuming", () => {
  const failure = { code: "DISK_FULL" as const, class: "io" as const, message: "full", facts: {} };
  const view: RunView = {
    runId: "r",
    startedAtMs: 0,
    queued: new Set(),
    progress: {},
    state: { pipeline: "p", status: "failed", outputs: {}, stages: [stage("base", "failed", { failure })] },
  };
  expect(endText(view, [], recordedTerminal())).toMatch(/failed: r\n {2}next: pawl resume r$/);
});

test("how a run ended: its outputs", () => {
  const digest = "ab".repeat(32);
  const outputs = { model: { artifact: "model", digest }, bits: 1.9 };
  const view: RunView = {
    runId: "r",
    startedAtMs: 0,
    endedAtMs: 2500,
    queued: new Set(),
    progress: {},
    state: { pipeline: "p", status: "succeeded", outputs, stages: [] },
  };
  expect(`\n${endText(view, [], recordedTerminal())}\n`).toMatchInlineSnapshot(`
       "
       outputs
         model  model abababababab
         bits   1.9

       succeeded in 2.5 s: r
       "
    `);
});

test("samples of the models of a run are read from the store and shown with its end", async () => {
  const written = [{ prompt: "What is an LLM?", text: "a  large\nlanguage model", tokens: 4 }];
  const samples = await putArtifact(home(), "samples", (directory) =>
    writeFileSync(path.join(directory, "samples.jsonl"), `${JSON.stringify(written[0])}\n`),
  );
  const evaluation = await putArtifact(home(), "evaluation", (directory) =>
    writeFileSync(path.join(directory, "evaluation.json"), JSON.stringify({ samples: written })),
  );
  const elsewhere = { artifact: "samples" as const, digest: "0".repeat(64) };
  const stages = [
    stage("look", "succeeded", { outputs: { evaluation } }),
    stage("generated", "succeeded", { outputs: { samples } }),
    stage("remote", "succeeded", { outputs: { samples: elsewhere } }),
  ];
  const shown = await readRunSamples(home(), stages);
  expect(shown.map(({ stage: id, prompt }) => [id, prompt])).toEqual([
    ["look", "What is an LLM?"],
    ["generated", "What is an LLM?"],
  ]);
  const view = { ...running, state: { ...running.state, status: "succeeded" as const, stages } };
  expect(endText(view, shown, recordedTerminal())).toContain(
    "samples\n  What is an LLM?\n    look       a large language model\n    generated  a large language model\n",
  );
});

test("a run whose definition does not compile shows the compiler's report", () => {
  const failure = { code: "CYCLE", message: "x.yaml:3:1  a -> b -> a\n  CYCLE · next: cut it" };
  const view: RunView = {
    runId: "r",
    startedAtMs: 0,
    queued: new Set(),
    progress: {},
    failure,
    state: { pipeline: "", status: "failed", outputs: {}, stages: [] },
  };
  expect(endText(view, [], recordedTerminal())).toBe(
    "x.yaml:3:1  a -> b -> a\n  CYCLE · next: cut it\n\nfailed: r\n  next: correct the definition, then start the run again",
  );
  const ofRequest = {
    ...view,
    failure: { code: "INPUT_INVALID", message: "a run needs exactly one of pipeline, definition and plan" },
  };
  expect(endText(ofRequest, [], recordedTerminal())).toMatch(/next: correct the request, then start the run again$/);
});
