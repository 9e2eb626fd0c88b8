import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { layout } from "../../../store/home.js";
import {
  addTime,
  followMetrics,
  openMetrics,
  readMetricColumns,
  readMetrics,
  type StepTime,
} from "../../../store/history/metrics.js";
import { useDirectory } from "../../support/directory.js";
const home = useDirectory();
const file = (): string => layout.metrics(home(), "key");
const read = () => readMetrics(home(), "key");
const open = () => openMetrics(home(), "key");

test("every step's metrics come back in single precision, in order, those of one step as one row", async () => {
  expect(await read()).toMatchObject({ rows: [], damaged: 0 });
  const history = open();
  expect(history.newestStep()).toBeNaN();
  for (let step = 1; step <= 3; step++) history.record(step, { loss: 1 / step, learningRate: 1e-4 });
  expect(history.newestStep()).toBe(3);
  history.record(2, { heldOutLoss: 0.1 });
  await history.flush();
  expect((await read()).rows).toEqual([
    { step: 1, metrics: { loss: 1, learningRate: 0.0001 } },
    { step: 2, metrics: { loss: 0.5, learningRate: 0.0001, heldOutLoss: 0.1 } },
    { step: 3, metrics: { loss: 0.33333334, learningRate: 0.0001 } },
  ]);
});

test("any number comes back as the nearest in single precision", async () => {
  const numbers = fc.array(fc.double({ noDefaultInfinity: false }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(numbers, async (values) => {
      rmSync(file(), { force: true });
      const history = open();
      values.forEach((value, i) => history.record(i + 1, { value }));
      await history.finish();
      const found = (await read()).rows.map(({ metrics }) => Math.fround(metrics["value"]!));
      // A text has no negative zero.
      expect(found.map((value) => value + 0)).toEqual(values.map((value) => Math.fround(value) + 0));
    }),
    { numRuns: 50 },
  );
});

test("after a kill at any byte, an attempt that resumes from a checkpoint leaves no gap and no duplicate", async () => {
  const whole = open();
  for (let step = 1; step <= 12; step++) {
    whole.record(step, { loss: step / 7 });
    if (step % 4 === 0) whole.record(step, { heldOutLoss: step / 3 });
  }
  await whole.finish();
  const expected = (await read()).rows;
  rmSync(file());

  // The checkpoint of step 4 comes after a flush: what was written until then is there after any
  // kill.
  const killed = open();
  for (let step = 1; step <= 4; step++) killed.record(step, { loss: step / 7 });
  killed.record(4, { heldOutLoss: 4 / 3 });
  await killed.flush();
  const safe = readFileSync(file());
  for (let step = 5; step <= 9; step++) killed.record(step, { loss: step / 7 });
  await killed.flush();
  const all = readFileSync(file());
  for (let bytes = safe.length; bytes <= all.length; bytes++) {
    writeFileSync(file(), all.subarray(0, bytes));
    const resumed = open();
    for (let step = 5; step <= 12; step++) {
      resumed.record(step, { loss: step / 7 });
      if (step % 4 === 0) resumed.record(step, { heldOutLoss: step / 3 });
    }
    await resumed.finish();
    const { rows, damaged } = await read();
    expect(rows).toEqual(expected);
    expect(damaged).toBe(0);
    expect(
      readFileSync(file(), "utf8")
        .split("\n")
        .filter((line) => !/^[nt] |^$/.test(line)),
    ).toHaveLength(12);
  }
});

describe("the time of a step", () => {
  const timesOf = async (): Promise<StepTime[]> => {
    const times: StepTime[] = [];
    const next = followMetrics(home(), "key", (time) => addTime(times, time));
    while ((await next()).length > 0);
    return times;
  };
  /** Records steps, one after each interval. */
  async function recordEach(seconds: number, steps: readonly number[], fromMs: number): Promise<void> {
    const clocks = [jest.spyOn(performance, "now"), jest.spyOn(Date, "now")];
    const setTo = (ms: number): void => clocks.forEach((clock) => clock.mockReturnValue(ms));
    try {
      setTo(fromMs);
      const history = open();
      steps.forEach((step, i) => {
        setTo(fromMs + 1000 * seconds * (i + 1));
        history.record(step, { loss: step });
      });
      await history.flush();
      await history.finish();
    } finally {
      clocks.forEach((clock) => clock.mockRestore());
    }
  }

  test("is kept of the first and the last one, and of one a second between them", async () => {
    await recordEach(0.25, [1, 2, 3, 4, 5, 6, 7], 0);
    expect(await timesOf()).toEqual([
      [1, 250],
      [5, 1250],
      [7, 1750],
    ]);
  });

  test("is kept of a few thousand steps, however long the stage works", async () => {
    const steps = Array.from({ length: 20_000 }, (_, i) => i + 1);
    await recordEach(60, steps, 0);
    const times = await timesOf();
    expect(times.length).toBeGreaterThan(1000);
    expect(times.length).toBeLessThan(5000);
    expect(times.at(-1)).toEqual([20_000, 60_000 * 20_000]);
  });

  test("is that of the last attempt that did it, also once the history was written anew", async () => {
    await recordEach(1, [1, 2, 3, 4], 0);
    await recordEach(1, [3, 4, 5], 60_000);
    expect(await timesOf()).toEqual([
      [1, 1000],
      [2, 2000],
      [3, 61_000],
      [4, 62_000],
      [5, 63_000],
    ]);
    expect((await read()).rows.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  });
});

test("two runs that do the same stage at the same time leave one history", async () => {
  const [one, two] = [open(), open()];
  for (let step = 1; step <= 6; step++) {
    one.record(step, { loss: step });
    await one.flush();
    two.record(step, { loss: step });
    if (step === 3) await one.finish();
    await two.flush();
  }
  await two.finish();
  await one.finish();
  expect((await read()).rows.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a damaged line is left out and counted; no damage gives a wrong value", async () => {
  const history = open();
  for (let step = 1; step <= 5; step++) history.record(step, { loss: step + 0.25 });
  await history.flush();
  const good = readFileSync(file());
  for (let at = 0; at < good.length; at++)
    for (const bit of [0, 3, 6]) {
      const bytes = Buffer.from(good);
      bytes[at]! ^= 1 << bit;
      writeFileSync(file(), bytes);
      for (const { step, metrics } of (await read()).rows) expect(metrics).toEqual({ loss: step + 0.25 });
    }
  writeFileSync(file(), good);
  appendFileSync(file(), "junk\nnull\n{}\n");
  expect(await read()).toMatchObject({ rows: { length: 5 }, damaged: 3 });
  rmSync(file());
  mkdirSync(file());
  expect((await read()).rows).toEqual([]);
  const afterwards = open();
  afterwards.record(1, { loss: 2 });
  await afterwards.flush();
  expect((await read()).rows).toEqual([{ step: 1, metrics: { loss: 2 } }]);
});

test("a full disk is reported before a checkpoint is saved without its metrics", async () => {
  mkdirSync(layout.metrics(home(), "").replace(/\/[^/]*$/, ""), { recursive: true });
  const { symlinkSync } = await import("node:fs");
  symlinkSync("/dev/full", file());
  const history = open();
  history.record(1, { loss: 1 });
  await expect(history.flush()).rejects.toMatchObject({ code: "DISK_FULL" });
});

test("the history by metric is read in pieces: one value for each step, the last one, in order", async () => {
  const history = open();
  // More than one piece of a stream, 64 KiB.
  for (let step = 1; step <= 5000; step++) history.record(step, { loss: step, naïve: -step });
  for (let step = 4001; step <= 4500; step++) history.record(step, { loss: 2 * step });
  history.record(1, { late: 1 });
  await history.flush();
  appendFileSync(file(), "junk\nn 0 half a line");
  const { columns, damaged } = await readMetricColumns(home(), "key");
  expect(damaged).toBe(1);
  expect([...columns.keys()]).toEqual(["loss", "naïve", "late"]);
  const { steps, values } = columns.get("loss")!;
  expect(Array.from(steps)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
  expect([values[3999], values[4000], values[4499], values[4500]]).toEqual([4000, 8002, 9000, 4501]);
  expect(columns.get("naïve")!.values[4999]).toBe(-5000);
  expect(columns.get("late")).toEqual({ steps: [1], values: [1] });
  expect((await readMetricColumns(home(), "none")).columns.size).toBe(0);
});

describe("lines that were cut from a history", () => {
  const lines = (): string[] => readFileSync(file(), "utf8").trimEnd().split("\n");
  const isRow = (line: string): boolean => !/^[nt] /.test(line);
  const cut = (isCut: (line: string, i: number) => boolean): void =>
    writeFileSync(
      file(),
      lines()
        .flatMap((line, i) => (isCut(line, i) ? [] : [`${line}\n`]))
        .join(""),
    );
  const twelve = async (): Promise<void> => {
    const history = open();
    for (let step = 1; step <= 12; step++) history.record(step, { loss: 1 / step });
    await history.finish();
  };

  test.each([
    ["one in the middle", (_: string, i: number) => i === 5, 1],
    ["the last steps", (line: string) => /^\w{8} (11|12) /.test(line), 2],
    ["all steps", isRow, 12],
    ["the beginning, with the line that says so", (_: string, i: number) => i < 4, 1],
  ])("are counted: %s", async (_, isCut, least) => {
    await twelve();
    expect((await read()).damaged).toBe(0);
    cut(isCut);
    expect((await read()).damaged).toBeGreaterThanOrEqual(least);
    expect((await readMetricColumns(home(), "key")).damaged).toBe((await read()).damaged);
  });

  test("are counted at any place, of an attempt that is under way as well", async () => {
    const history = open();
    for (let step = 1; step <= 12; step++) {
      history.record(step, { loss: 1 / step });
      if (step % 4 === 0) await history.flush();
    }
    const whole = lines();
    for (let i = 0; i < whole.length - 1; i++) {
      writeFileSync(
        file(),
        whole
          .filter((_, at) => at !== i)
          .map((line) => `${line}\n`)
          .join(""),
      );
      const { rows, damaged } = await read();
      if (rows.length < 12) expect({ i, damaged }).not.toMatchObject({ damaged: 0 });
    }
  });

  test("stay known once the history was written anew", async () => {
    const killed = open();
    for (let step = 1; step <= 8; step++) killed.record(step, { loss: 1 / step });
    await killed.flush();
    cut((line) => /^\w{8} 3 /.test(line));
    const resumed = open();
    for (let step = 7; step <= 12; step++) resumed.record(step, { loss: 1 / step });
    await resumed.finish();
    expect(await read()).toMatchObject({ damaged: 1 });
    expect((await read()).rows.map(({ step }) => step)).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test("a history of an earlier build, without counts, is read unchanged", async () => {
    await twelve();
    const counts = lines().filter((line) => line.startsWith("n 00000000"));
    expect(counts).toHaveLength(2);
    cut((line) => counts.includes(line));
    expect(await read()).toMatchObject({ rows: { length: 12 }, damaged: 0 });
  });
});
