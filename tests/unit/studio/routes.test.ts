import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { layout } from "../../../store/home.js";
import { openMetrics } from "../../../store/history/metrics.js";
import { findRecord } from "../../../store/records/runs.js";
import type {
  ArtifactMessage,
  CurvesMessage,
  ListedArtifact,
  RunMessage,
  RunsMessage,
  RunSummary,
  StageDetail,
} from "../../../studio/messages.js";
import { useDirectory } from "../../support/directory.js";
import { hostileText, makeReportedRun } from "../../support/reported-run.js";
import { openStudio, readEvents, type ReadEvent } from "../../support/studio.js";

const home = useDirectory();

/** What an address answers; the status must be 200. */
async function get<T>(address: string): Promise<T> {
  const response = await openStudio(home()).ask(address);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** The error that an address answers. */
async function failure(address: string): Promise<{ status: number; code: string; message: string; facts: object }> {
  const response = await openStudio(home()).ask(address);
  const { error } = (await response.json()) as { error: { code: string; message: string; facts: object } };
  return { status: response.status, ...error };
}

test("the runs have status, times, progress and the metric that says most, the newest first", async () => {
  await makeReportedRun(home());
  await makeReportedRun(home(), { runId: "poems-2", status: "failed", states: { base: { status: "failed" } } });
  const { runs } = await get<{ runs: RunSummary[] }>("/api/runs");
  expect(runs.map(({ run, status }) => [run, status]).sort()).toEqual([
    ["poems-1", "succeeded"],
    ["poems-2", "failed"],
  ]);
  const found = runs.find(({ run }) => run === "poems-1");
  expect(found).toMatchObject({
    pipeline: "poems",
    done: 4,
    total: 4,
    metric: { name: "bits", value: 1.5 },
    waits: [],
  });
  expect(found!.endedAtMs! - found!.startedAtMs).toBe(9000);
});

test("where the project has rates, a run has what its work has cost so far", async () => {
  await makeReportedRun(home(), { states: { tokens: { workedMs: 1_800_000 }, base: { workedMs: 3_600_000 } } });
  const rates = { currency: "EUR", perHour: { cpu: 0.5 } };
  const studio = openStudio(home(), {}, { rates });
  const ask = async <T>(address: string): Promise<T> => (await (await studio.ask(address)).json()) as T;
  const { runs } = await ask<{ runs: RunSummary[] }>("/api/runs");
  const worked = runs[0]!.cost!.amount;
  expect(runs[0]!.cost).toEqual({ amount: expect.closeTo(0.75, 2), currency: "EUR" });
  expect((await ask<RunMessage>("/api/runs/poems-1")).head!.cost).toEqual({ amount: worked, currency: "EUR" });
  expect((await get<{ runs: RunSummary[] }>("/api/runs")).runs[0]).not.toHaveProperty("cost");
});

test("a run under way by its record, without a server, says that it is one", async () => {
  await makeReportedRun(home(), { status: "running" });
  const { ask } = openStudio(home());
  const { runs } = (await (await ask("/api/runs")).json()) as { runs: RunSummary[] };
  // Whether the server has been found away by now is a matter of time; that it is found so is not.
  expect(runs[0]).toMatchObject({ status: "running", stale: expect.stringMatching(/^(notAsked|away)$/) });
  await readEvents(await ask("/api/live?runs=1"), (events) =>
    events.some(({ message }) => (message as Partial<RunsMessage>).runs?.[0]?.stale === "away"),
  );
  const { head } = await get<RunMessage>("/api/runs/poems-1");
  expect(head!.note).toBe("the Temporal server does not answer: this is the last record");
});

test("a parked stage waits for people, with the command that answers", async () => {
  const failed = { code: "LOSS_NOT_FINITE", class: "divergence", message: "the loss is NaN", facts: {} } as const;
  const base = { status: "parked", failure: failed, sinceMs: 5 } as const;
  await makeReportedRun(home(), { status: "parked", states: { base } });
  const { runs } = await get<{ runs: RunSummary[] }>("/api/runs");
  expect(runs[0]!.waits).toEqual([
    {
      run: "poems-1",
      pipeline: "poems",
      stage: "base",
      sinceMs: 5,
      kind: "parked",
      text: "LOSS_NOT_FINITE: the loss is NaN",
      command: "retry poems-1 base",
    },
  ]);
});

test("a run has its stages in the order of the definition, with what they need", async () => {
  await makeReportedRun(home());
  const { head, stages, isAll } = await get<RunMessage>("/api/runs/poems-1");
  expect(head).toMatchObject({
    run: "poems-1",
    pipeline: "poems",
    status: "succeeded",
    share: 1,
    inputs: { rate: 0.01 },
  });
  expect(head).not.toHaveProperty("note");
  expect(isAll).toBe(true);
  expect(stages.map(({ id, type, needs }) => [id, type, needs])).toEqual([
    ["text", "dataset", []],
    ["tokens", "tokenize", ["text"]],
    ["base", "pretrain", ["tokens"]],
    ["judged", "evaluate", ["base"]],
  ]);
});

test("a stage has its attempts, settings and lineage, and why it ran", async () => {
  await makeReportedRun(home());
  const detail = await get<StageDetail>("/api/runs/poems-1/stages/base");
  expect(detail.attempts.map(({ host, resumedAt }) => [host, resumedAt])).toEqual([
    ["heron", undefined],
    ["egret", 2],
  ]);
  expect(detail).toMatchObject({ settings: { steps: 4 }, why: ["the store had no result of its key"] });
  expect(detail.lineage["model"]!.by).toMatchObject({ stage: "base", uses: "pretrain" });
  expect(detail).not.toHaveProperty("hasOutput");
  const file = layout.output(home(), "poems-1", "base", 1);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  expect(await get<StageDetail>("/api/runs/poems-1/stages/base")).toMatchObject({ hasOutput: true });
});

describe("curves", () => {
  test("have points, checkpoints, retries, times and what their type declares", async () => {
    await makeReportedRun(home());
    const { curves, problems } = await get<CurvesMessage>("/api/runs/poems-1/curves");
    expect(problems).toEqual([]);
    expect(curves.map(({ stage, metric }) => `${stage} ${metric}`)).toEqual(["base loss", "base learningRate"]);
    const [loss] = curves;
    expect(loss).toMatchObject({
      from: 1,
      to: 4,
      count: 4,
      checkpoints: [2],
      retries: [2],
      declared: { unit: "nats/token" },
    });
    expect(loss!.points).toEqual([
      [1, 4],
      [2, 3],
      [3, 2.5],
      [4, 2],
    ]);
    expect(loss!.times.map(([step]) => step)).toEqual([1, 4]);
  });

  test("of a history of which lines were cut say so", async () => {
    const { key } = await makeReportedRun(home()).then(async () => (await findRecord(home(), "poems-1"))!.stages[2]!);
    const file = layout.metrics(home(), key!);
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.filter((line) => !/^\w{8} 2 /.test(line)).join("\n"));
    expect((await get<CurvesMessage>("/api/runs/poems-1/curves")).problems).toEqual([
      "base: 1 lines of its metrics history are damaged or missing",
    ]);
  });

  test("of a stage from the cache of another run have its times: they are kept with the curves", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), {
      runId: "poems-2",
      losses: [],
      states: { base: { status: "cached", attempts: 0 } },
    });
    const [own] = (await get<CurvesMessage>("/api/runs/poems-1/curves")).curves;
    const [cached] = (await get<CurvesMessage>("/api/runs/poems-2/curves")).curves;
    expect(cached!.times).toHaveLength(2);
    expect(cached!.times).toEqual(own!.times);
  });

  test.each([
    ["pretrain", { tokens: 800, steps: 4 }, { countsTokens: true, tokensPerStep: 200 }],
    ["ppo", { tokens: 800, iterations: 4 }, { countsTokens: true, tokensPerStep: 200 }],
    ["grpo", { tokens: 800, iterations: 4 }, { countsTokens: true, tokensPerStep: 200 }],
    ["ppo", {}, { countsTokens: true }],
    ["reward-model", { steps: 4 }, {}],
  ] as const)("of %s with the metrics %j are by tokens: %j", async (uses, metrics, expected) => {
    await makeReportedRun(home(), { states: { base: { uses, metrics } } });
    const { curves } = await get<CurvesMessage>("/api/runs/poems-1/curves");
    for (const { countsTokens, tokensPerStep } of curves)
      expect({ ...(countsTokens && { countsTokens }), ...(tokensPerStep !== undefined && { tokensPerStep }) }).toEqual(
        expected,
      );
    expect(curves).toHaveLength(2);
  });

  test("of many times have some in equal distances, and the last one", async () => {
    await makeReportedRun(home(), { losses: [] });
    const { key } = await get<StageDetail>("/api/runs/poems-1/stages/base");
    const clock = jest.spyOn(performance, "now").mockReturnValue(0);
    const history = openMetrics(home(), key!);
    for (let step = 1; step <= 3000; step++) {
      clock.mockReturnValue(1000 * step);
      history.record(step, { loss: 1 });
    }
    clock.mockRestore();
    await history.finish();
    const { times } = (await get<CurvesMessage>("/api/runs/poems-1/curves")).curves[0]!;
    expect(times.length).toBeGreaterThan(300);
    expect(times.length).toBeLessThanOrEqual(601);
    expect([times[0]![0], times.at(-1)![0]]).toEqual([1, 3000]);
  });

  test("of a range have one point beyond each of its ends", async () => {
    await makeReportedRun(home(), { losses: Array.from({ length: 100 }, (_, i) => i) });
    const address = "/api/runs/poems-1/curves?stage=base&from=40&to=42&buckets=500";
    const { curves } = await get<CurvesMessage>(address);
    expect(curves[0]!.points.map(([step]) => step)).toEqual([39, 40, 41, 42, 43]);
  });

  test.each(["from=x&to=y", "buckets=-5", "buckets=1e9", "from=Infinity"])(
    "with %s are still bounded",
    async (query) => {
      await makeReportedRun(home(), { losses: Array.from({ length: 9000 }, (_, i) => Math.sin(i)) });
      const { curves } = await get<CurvesMessage>(`/api/runs/poems-1/curves?${query}`);
      expect(curves[0]!.points.length).toBeLessThanOrEqual(4002);
      expect(curves[0]!.points.length).toBeGreaterThan(0);
    },
  );

  test("are given as CSV", async () => {
    await makeReportedRun(home());
    const response = await openStudio(home()).ask("/api/runs/poems-1/metrics.csv?stage=base");
    expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''poems-1-base.csv");
    expect(await response.text()).toMatch(/^stage,step,loss,learningRate\nbase,1,4,0.01\n/);
  });

  test("are given as CSV in pieces, with one line for each step, also while a stage does steps again", async () => {
    await makeReportedRun(home(), { losses: [] });
    const { key } = await get<StageDetail>("/api/runs/poems-1/stages/base");
    const history = openMetrics(home(), key!);
    for (let step = 1; step <= 5000; step++) history.record(step, { loss: 1 });
    history.record(4999, { loss: 2 });
    history.record(2, { heldOutLoss: 3 });
    await history.flush();
    const { body } = await openStudio(home()).ask("/api/runs/poems-1/metrics.csv");
    const pieces: string[] = [];
    for await (const piece of body!) pieces.push(Buffer.from(piece).toString());
    expect(pieces.length).toBeGreaterThan(4);
    const lines = pieces.join("").split("\n");
    expect(lines.slice(0, 4)).toEqual(["stage,step,loss,heldOutLoss", "base,1,1,", "base,2,1,3", "base,3,1,"]);
    expect(lines.slice(-4)).toEqual(["base,4998,1,", "base,4999,2,", "base,5000,1,", ""]);
    expect(lines).toHaveLength(5002);
  });
});

test("samples are text, whatever a model writes", async () => {
  await makeReportedRun(home());
  const response = await openStudio(home()).ask("/api/runs/poems-1/samples");
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({
    samples: [{ stage: "judged", prompt: "Who?", text: hostileText }],
    problems: [],
  });
});

test("artifacts are listed, and each one says what is in it and what it belongs to", async () => {
  await makeReportedRun(home());
  const artifacts = await get<ListedArtifact[]>("/api/runs/poems-1/artifacts");
  expect(artifacts.map(({ stage, output, files }) => [stage, output, files])).toEqual([
    ["text", "train", 2],
    ["tokens", "tokens", 1],
    ["base", "model", 2],
    ["judged", "evaluation", 1],
  ]);
  const model = await get<ArtifactMessage>(`/api/artifacts/${artifacts[2]!.digest.slice(0, 12)}`);
  expect(model).toMatchObject({ kind: "model", digest: artifacts[2]!.digest });
  expect(model.madeFrom.next[0]!.by!.stage).toBe("tokens");
  expect(model.usedFor.next[0]!.ref.artifact).toBe("evaluation");
});

test("the definition is the text that the run was started from", async () => {
  await makeReportedRun(home());
  const { text, file } = await get<{ text: string; file: string }>("/api/runs/poems-1/definition");
  expect(file).toBe("poems.yaml");
  expect(text).toContain("by heart");
});

describe("bad input", () => {
  test.each([
    ["/api/runs/poems-9", 404, "RUN_NOT_FOUND"],
    ["/api/runs/poems-9/curves", 404, "RUN_NOT_FOUND"],
    ["/api/runs/poems-9/metrics.csv", 404, "RUN_NOT_FOUND"],
    ["/api/runs/..%2F..%2F", 404, "RUN_NOT_FOUND"],
    ["/api/runs/%00", 404, "RUN_NOT_FOUND"],
    ["/api/runs/poems-1/stages/bass", 404, "UNKNOWN_REFERENCE"],
    ["/api/runs/poems-1/metrics.csv?stage=bass", 404, "UNKNOWN_REFERENCE"],
    ["/api/artifacts/..%2F..%2F", 404, "ARTIFACT_MISSING"],
    ["/api/artifacts/ffffffff", 404, "ARTIFACT_MISSING"],
    ["/api/nothing", 404, "UNKNOWN_REFERENCE"],
  ])("%s is %d %s", async (address, status, code) => {
    await makeReportedRun(home());
    expect(await failure(address)).toMatchObject({ status, code });
  });

  test("a run with a similar name is proposed", async () => {
    await makeReportedRun(home());
    expect((await failure("/api/runs/poem-1")).facts).toEqual({ next: "did you mean poems-1? (all runs: pawl list)" });
    expect((await failure("/api/runs/poems-1/stages/bass")).facts).toMatchObject({ next: "did you mean base?" });
  });

  test("a run whose record is half written is shown with what its plan and log say", async () => {
    await makeReportedRun(home());
    writeFileSync(path.join(layout.run(home(), "poems-1"), "record.json"), '{"runId":"poems-1","sta');
    const { head, stages } = await get<RunMessage>("/api/runs/poems-1");
    expect(head!.note).toMatch(/record of the run is missing or damaged/);
    expect(stages.map(({ status }) => status)).toEqual(["queued", "queued", "queued", "queued"]);
    expect((await get<{ runs: RunSummary[] }>("/api/runs")).runs).toEqual([]);
  });

  test("a store that goes away while it is looked at is a problem, and is shown again when it comes back", async () => {
    await makeReportedRun(home());
    const { ask } = openStudio(home());
    const response = await ask("/api/live?runs=1");
    const away = path.join(home(), "away");
    const messages = (found: readonly ReadEvent[]): RunsMessage[] =>
      found.filter(({ event }) => event === "runs").map(({ message }) => message as RunsMessage);
    const hasProblem = (found: readonly ReadEvent[]): boolean => messages(found).at(-1)?.problem !== undefined;
    const moves: (() => void)[] = [
      () => renameSync(path.join(home(), "runs"), away),
      () => renameSync(away, path.join(home(), "runs")),
    ];
    const events = await readEvents(response, (found) => {
      if (messages(found).length === 0) return false;
      if (moves.length === (hasProblem(found) ? 1 : 2)) moves.shift()!();
      return moves.length === 0 && !hasProblem(found);
    });
    const sent = messages(events);
    expect(sent.find(({ problem }) => problem)).toMatchObject({ runs: [], removed: [], problem: gone });
    expect(sent.at(-1)).toMatchObject({ runs: [], removed: [] });
    expect(await (await ask("/api/runs")).json()).toMatchObject({ runs: [{ run: "poems-1" }] });
  });

  test("without its artifacts, a run is still shown", async () => {
    await makeReportedRun(home());
    const { ask } = openStudio(home());
    rmSync(path.join(home(), "store"), { recursive: true });
    expect(await (await ask("/api/runs/poems-1/artifacts")).json()).toContainEqual(
      expect.not.objectContaining({ bytes: expect.anything() }),
    );
  });
});

const gone = { code: "STORE_UNREADABLE", message: "the directory of the runs no longer exists" };

describe("the report", () => {
  test("is one page that may do nothing but be read; what a model wrote is text in it", async () => {
    await makeReportedRun(home());
    const response = await openStudio(home()).ask("/api/runs/poems-1/report");
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const policy = response.headers.get("content-security-policy")!;
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).toMatch(/frame-ancestors 'none'; sandbox$/);
    expect(policy).not.toContain("script");
    const text = await response.text();
    expect(text).toContain("<title>poems-1: report</title>");
    expect(text).not.toContain("<script");
  });

  test("comes with the card of the model that the run has left", async () => {
    await makeReportedRun(home());
    const response = await openStudio(home()).ask("/api/runs/poems-1/card");
    expect(response.headers.get("content-disposition")).toContain("poems-1.md");
    expect(await response.text()).toMatch(/^---\n/);
  });

  test("of a run that does not exist proposes one that does", async () => {
    await makeReportedRun(home());
    expect(await failure("/api/runs/poem-1/report")).toMatchObject({
      ...{ status: 404, code: "RUN_NOT_FOUND" },
      facts: { next: "did you mean poems-1? (all runs: pawl list)" },
    });
  });
});

test("every other address is the page; chunks are kept for ever, the page is not", async () => {
  const { ask } = openStudio(home());
  const page = await ask("/runs/poems-1/curves?stage=base");
  expect([page.headers.get("content-type"), page.headers.get("cache-control")]).toEqual([
    "text/html; charset=utf-8",
    "no-cache",
  ]);
  const chunk = await ask("/assets/main-ABCD1234.js");
  expect(chunk.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect((await ask("/assets/other.js")).status).toBe(404);
});
