/**
 * `npm run bench -- studio`: the studio's page in Chromium, on stores made for it. First paint of
 * the list of runs with 1,000 and with 10,000 runs recorded; the time from a line of a log, and
 * from a point of a curve, in the store to the screen; the main thread's time a frame while a curve
 * of 1,000,000 points is panned and zoomed, and while 10,000 runs are scrolled; the size of its
 * JavaScript.
 */
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { compilePipeline } from "../compiler/compile.js";
import { packageRoot } from "../platform/program/locations.js";
import { uniform } from "../platform/random.js";
import type { StageState } from "../schemas/run.js";
import { appendLog } from "../store/history/log.js";
import { followMetrics, openMetrics } from "../store/history/metrics.js";
import { savePlan, saveRecord } from "../store/records/runs.js";
import { quantile, quartiles, report, row } from "./harness.js";
import { pawlProcess, startStudioProcess, type StudioProcess } from "./support/studio-process.js";

const executablePath = "/usr/bin/chromium";
const rounds = { paint: 20, event: 60, frame: 240 };
const recordedRuns = { first: 1000, later: 10_000 };
const points = 1_000_000;
const viewport = { width: 1280, height: 800 };

const text = `name: bench
stages:
  text:
    uses: dataset
    with: { source: { text: "a" }, unit: line }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }
  base:
    uses: pretrain
    with: { tokens: "\${{ stages.tokens.outputs.tokens }}", steps: ${points} }
`;

const key = "a".repeat(64);

/** Records runs; the first one is under way. */
async function recordRuns(home: string, from: number, to: number): Promise<void> {
  const { plan } = await compilePipeline({ text });
  for (let i = from; i < to; i++) {
    const startedAtMs = Date.now() - 60_000 * (i + 1);
    const stages = plan.stages.map(({ id, uses }): StageState => {
      const isLast = i === 0 && id === "base";
      const times = { startedAtMs, ...(!isLast && { endedAtMs: startedAtMs + 30_000 }), workedMs: 20_000 };
      const made = { attempts: 1, outputs: {}, metrics: { loss: 2 + uniform(1, id, i) }, ...(isLast && { key }) };
      return { id, uses, status: isLast ? "running" : "succeeded", ...made, ...times };
    });
    const runId = runName(i);
    const status = i === 0 ? "running" : "succeeded";
    const ended = i === 0 ? {} : { endedAt: new Date(startedAtMs + 90_000).toISOString() };
    await savePlan(home, runId, plan, text);
    await saveRecord(home, {
      ...{ runId, pipeline: "bench", status, plan, stages, outputs: {} },
      ...{ startedAt: new Date(startedAtMs).toISOString(), ...ended },
    });
  }
}

const runName = (i: number): string => `bench-${String(i).padStart(4, "0")}`;

/** The curve of the run under way. */
async function makeCurve(home: string): Promise<void> {
  const history = openMetrics(home, key);
  for (let step = 1; step <= points; step++)
    history.record(step, { loss: 8 / Math.log(step + 8) + uniform(2, "loss", step) });
  await history.finish();
}

/** Runs in the page: the session of the studio's owner, where the page looks for it. */
const keepSession = (session: string): void =>
  (globalThis as unknown as { localStorage: { setItem(key: string, value: string): void } }).localStorage.setItem(
    "pawl-session",
    session,
  );

/**
 * Milliseconds from the start of the navigation until the first run of the list is on the screen;
 * nothing is cached.
 */
async function firstPaint(browser: Browser, { address, session }: StudioProcess): Promise<number> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(keepSession, session);
  await page.addInitScript(notePaint, "[data-row]");
  await page.goto(`${address}/runs`);
  const ms = await page.evaluate(() => (globalThis as unknown as { painted: Promise<number> }).painted);
  await context.close();
  return ms;
}

/** In the page: when an element of a kind has been drawn, since the navigation began. */
function notePaint(selector: string): void {
  const scope = globalThis as unknown as {
    painted: Promise<number>;
    document: { querySelector: (selector: string) => unknown };
    requestAnimationFrame: (act: () => void) => void;
    performance: { now: () => number };
  };
  scope.painted = new Promise((resolve) => {
    const look = (): void => {
      // The frame after the one in which the element exists shows it.
      if (scope.document.querySelector(selector)) scope.requestAnimationFrame(() => resolve(scope.performance.now()));
      else scope.requestAnimationFrame(look);
    };
    look();
  });
}

/**
 * Milliseconds from when a worker's process would append a line to its log until the page has drawn
 * it.
 */
async function eventToScreen(page: Page, home: string, index: number): Promise<number> {
  const mark = `event ${index}`;
  const seen = page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const scope = globalThis as unknown as {
          document: { querySelector: (selector: string) => { textContent: string } | null };
          requestAnimationFrame: (act: () => void) => void;
        };
        const look = (): void => {
          if (scope.document.querySelector(".log")?.textContent.includes(wanted))
            scope.requestAnimationFrame(() => resolve(Date.now()));
          else scope.requestAnimationFrame(look);
        };
        look();
      }),
    `${mark}.`,
  );
  // Not at the same point of the server's intervals.
  await new Promise((resolve) => setTimeout(resolve, 100 + 400 * uniform(3, "pause", index)));
  const sentMs = Date.now();
  const time = new Date(sentMs).toISOString();
  appendLog(home, "bench-0000", { time, stage: "base", attempt: 1, message: `${mark}.` });
  return (await seen) - sentMs;
}

/**
 * Milliseconds from when the newest row of a stage's history is in the store until the page of its
 * curves says that it has that step: of a stage that trains here, in a worker of the embedded
 * server.
 */
async function pointsToScreen(page: Page, home: string, { address, headers }: StudioProcess): Promise<number[]> {
  const run = pawlProcess(home, "run", "tiny", "-i", "steps=100000", "--id", "bench-live", "--json");
  run.stdout.resume();
  const stageKey = await untilFound(async () => {
    const response = await fetch(`${address}/api/runs/bench-live/stages/base`, { headers });
    return response.ok ? ((await response.json()) as { key?: string }).key : undefined;
  });
  await page.goto(`${address}/runs/bench-live/curves?stage=base`);
  await page.getByRole("img", { name: /^loss: / }).waitFor();
  await page.evaluate(noteSteps);
  const writtenMs = new Map<number, number>();
  const next = followMetrics(home, stageKey);
  const shown = (): Promise<[step: number, ms: number][]> =>
    page.evaluate(() => (globalThis as unknown as { steps: [number, number][] }).steps);
  const seen = await untilFound(async () => {
    for (const { step } of await next()) writtenMs.set(step, Date.now());
    const steps = await shown();
    return steps.length > rounds.event ? steps : undefined;
  });
  // Without a server the command would wait for it.
  const end = once(run, "exit");
  await once(pawlProcess(home, "cancel", "bench-live"), "exit");
  await end;
  await once(pawlProcess(home, "up", "--stop"), "exit");
  // The first one was there before.
  return seen.slice(1).flatMap(([step, ms]) => (writtenMs.has(step) ? [ms - writtenMs.get(step)!] : []));
}

/** In the page: each step that its heading names, and when it was drawn. */
function noteSteps(): void {
  const scope = globalThis as unknown as {
    steps: [step: number, ms: number][];
    document: { querySelector: (selector: string) => { textContent: string } | null };
    requestAnimationFrame: (act: () => void) => void;
  };
  scope.steps = [];
  const look = (): void => {
    const text = scope.document.querySelector(".stage-curves .panel-heading .muted")?.textContent ?? "";
    const step = Number(text.replace(/\D/g, ""));
    if (scope.steps.at(-1)?.[0] !== step) scope.requestAnimationFrame(() => scope.steps.push([step, Date.now()]));
    scope.requestAnimationFrame(() => scope.requestAnimationFrame(look));
  };
  look();
}

async function untilFound<T>(find: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  args: { name?: string };
}

/** The main thread's time of each frame, ms, while a curve is panned and zoomed. */
async function curveFrames(browser: Browser, page: Page, address: string): Promise<number[]> {
  await page.goto(`${address}/runs/bench-0000/curves`);
  const chart = page.getByRole("img", { name: /^loss: / });
  await chart.waitFor();
  await chart.focus();
  // In, to the right, to the left, out: ranges that nothing has been read of yet are among them.
  const keys = ["+", "ArrowRight", "ArrowRight", "-", "ArrowLeft", "+", "ArrowRight", "-"];
  return frameTimes(browser, page, (i) => page.keyboard.press(keys[i % keys.length]!));
}

/** The main thread's time of each frame, ms, while the list of runs is scrolled. */
async function listFrames(browser: Browser, page: Page, address: string): Promise<number[]> {
  await page.goto(`${address}/runs`);
  await page.locator("[data-row]").first().waitFor();
  await page.mouse.move(600, 500);
  return frameTimes(browser, page, (i) => page.mouse.wheel(0, i % 40 < 30 ? 600 : -900));
}

/** The main thread's time of each frame, ms: sums of its tasks, by Chromium's own trace. */
async function frameTimes(browser: Browser, page: Page, act: (i: number) => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "__metadata"],
  });
  for (let i = 0; i < rounds.frame; i++) {
    await act(i);
    await page.evaluate(
      () =>
        new Promise((resolve) =>
          (
            globalThis as unknown as { requestAnimationFrame: (act: (at: number) => void) => void }
          ).requestAnimationFrame(resolve),
        ),
    );
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return timesByFrame(traceEvents);
}

function timesByFrame(events: readonly TraceEvent[]): number[] {
  // The task that ends a frame began before that end.
  const isEnd = ({ name, ph }: TraceEvent): boolean => name === "AnimationFrame" && ph === "e";
  const mains = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const threads = mains.map((main) => events.filter(({ pid, tid }) => pid === main.pid && tid === main.tid));
  // Pages that were closed before have threads, too.
  const [ofPage = []] = threads.sort((a, b) => b.filter(isEnd).length - a.filter(isEnd).length);
  const ends = ofPage.filter(isEnd).map(({ ts }) => ts);
  ends.sort((a, b) => a - b);
  const sums = ends.map(() => 0);
  for (const { name, ts, dur } of ofPage) {
    const frame = ends.findIndex((end) => ts <= end);
    if (name === "ThreadControllerImpl::RunTask" && dur !== undefined && frame > 0) sums[frame]! += dur / 1000;
  }
  return sums.slice(1);
}

/** Compressed bytes of the page's JavaScript: without the editor, and of the editor. */
function scriptSizes(): { page: number; editor: number } {
  const directory = path.join(packageRoot(), "dist", "studio", "page");
  const files = readdirSync(directory).filter((name) => name.endsWith(".js"));
  const size = (name: string): number => statSync(path.join(directory, `${name}.br`)).size;
  const isEditor = (name: string): boolean => name.startsWith("code-editor-");
  const sum = (names: string[]): number => names.reduce((bytes, name) => bytes + size(name), 0);
  return { page: sum(files.filter((name) => !isEditor(name))), editor: sum(files.filter(isEditor)) };
}

const home = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-studio-"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  await recordRuns(home, 0, recordedRuns.first);
  await makeCurve(home);
  const studio = await startStudioProcess(home);
  const { address, headers } = studio;
  try {
    const paintings = async (): Promise<number[]> => {
      await firstPaint(browser, studio);
      const found: number[] = [];
      for (let i = 0; i < rounds.paint; i++) found.push(await firstPaint(browser, studio));
      return found;
    };
    const paints = await paintings();
    const page = await browser.newPage({ viewport });
    await page.addInitScript(keepSession, studio.session);
    await page.goto(`${address}/runs/bench-0000/logs`);
    await page.locator(".log, .empty").first().waitFor();
    const events: number[] = [];
    for (let i = 0; i < rounds.event; i++) events.push(await eventToScreen(page, home, i));
    const frames = await curveFrames(browser, page, address);
    await recordRuns(home, recordedRuns.first, recordedRuns.later);
    const last = runName(recordedRuns.later - 1);
    await untilFound(
      async () => (await (await fetch(`${address}/api/runs`, { headers })).text()).includes(last) || undefined,
    );
    const paintsOfMany = await paintings();
    const framesOfMany = await listFrames(browser, page, address);
    const livePoints = await pointsToScreen(page, home, studio);
    const { page: bytes, editor } = scriptSizes();
    const lower = { bounds: "ours", better: "lower" } as const;
    const ofMs = (what: string, values: number[], share: number) => ({
      ...{ what: `${what}, n = ${values.length}`, unit: "ms", ours: quantile(values, share) },
      spread: { ours: quartiles(values), peer: null },
      ...lower,
    });
    report(
      "studio",
      [
        row({ ...ofMs("first paint of 1,000 runs, median", paints, 0.5), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("first paint of 1,000 runs, 95th percentile", paints, 0.95), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("line of a log to the screen, median", events, 0.5), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("line of a log to the screen, 95th percentile", events, 0.95), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("point of a curve to the screen, median", livePoints, 0.5), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("point of a curve to the screen, 95th percentile", livePoints, 0.95), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("first paint of 10,000 runs, median", paintsOfMany, 0.5), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("first paint of 10,000 runs, 95th percentile", paintsOfMany, 0.95), atLeast: 1000, aim: 300 }),
        row({ ...ofMs("frame of 10,000 runs scrolled, median", framesOfMany, 0.5), atLeast: 33, aim: 16 }),
        row({ ...ofMs("frame of 10,000 runs scrolled, 95th percentile", framesOfMany, 0.95), atLeast: 33, aim: 16 }),
        row({ ...ofMs("frame of 1,000,000 points, median", frames, 0.5), atLeast: 33, aim: 16 }),
        row({ ...ofMs("frame of 1,000,000 points, 95th percentile", frames, 0.95), atLeast: 33, aim: 16 }),
        row({
          what: "JavaScript without the editor",
          unit: "KiB",
          ours: bytes / 1024,
          ...lower,
          atLeast: 150,
          aim: 60,
        }),
        row({ what: "JavaScript of the editor", unit: "KiB", ours: editor / 1024, ...lower, atLeast: null, aim: 150 }),
      ],
      { Chromium: browser.version() },
    );
  } finally {
    await studio.stop();
  }
} finally {
  await browser.close();
  rmSync(home, { recursive: true, force: true });
}
