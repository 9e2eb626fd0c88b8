import { parseArguments } from "../../../bench/against/arguments.js";
import { metricsOfResult, metricsOfTests, pairMetrics, type Metric } from "../../../bench/against/metrics.js";
import { ProcessorTime } from "../../../bench/against/processes.js";
import { KeptRounds, roundOrder, secondsLeft, type Round } from "../../../bench/against/rounds.js";
import { comparePairs, holds, studentQuantile, verdict } from "../../../bench/against/statistics.js";
import type { Turn } from "../../../bench/against/turn.js";
import { row } from "../../../bench/harness.js";
import { useDirectory } from "../../support/directory.js";

const known = ["test", "tiny", "demo"];

describe("arguments", () => {
  it("reads the commit, what runs, its own options and those passed on", () => {
    expect(parseArguments(["117143e", "tiny", "--rounds", "7", "small", "--again"], known)).toEqual({
      commit: "117143e",
      name: "tiny",
      options: ["small"],
      rounds: 7,
      again: true,
    });
  });

  it("chooses fewer rounds for whole commands, and one seed of the demo", () => {
    expect(parseArguments(["main", "test"], known)).toMatchObject({ rounds: 3, again: false, options: [] });
    expect(parseArguments(["main", "demo"], known)).toMatchObject({ rounds: 3, options: ["1"] });
    expect(parseArguments(["main", "demo", "2", "3"], known)).toMatchObject({ options: ["2", "3"] });
    expect(parseArguments(["main", "tiny"], known)).toMatchObject({ rounds: 5, options: [] });
  });

  it.each([
    [[], "COMMIT and NAME are required", "no arguments"],
    [["main"], "COMMIT and NAME are required", "main"],
    [["--help", "tiny"], "COMMIT and NAME are required", "--help tiny"],
    [["main", "tyni"], "there is no bench tyni", "tyni"],
    [["main", "tiny", "--rounds"], "--rounds must be a number of rounds", "nothing"],
    [["main", "tiny", "--rounds", "0"], "--rounds must be a number of rounds", "0"],
    [["main", "tiny", "--rounds", "2.5"], "--rounds must be a number of rounds", "2.5"],
  ])("refuses %j", (given, message, got) => {
    const refused = expect.objectContaining({ code: "INPUT_INVALID", message }) as Error;
    const facts = expect.objectContaining({ facts: expect.objectContaining({ got }) as object }) as Error;
    expect(() => parseArguments(given, known)).toThrow(refused);
    expect(() => parseArguments(given, known)).toThrow(facts);
  });
});

describe("statistics", () => {
  it("takes the ratio within each round, so that a slow round disturbs nothing", () => {
    const { ours, theirs, ratio, interval, rounds } = comparePairs([1, 10, 3], [2, 20, 6]);
    expect({ ours, theirs, rounds }).toEqual({ ours: 3, theirs: 6, rounds: 3 });
    expect(ratio).toBeCloseTo(0.5, 12);
    expect(interval![0]).toBeCloseTo(0.5, 12);
    expect(interval![1]).toBeCloseTo(0.5, 12);
  });

  it("gives Student's interval of the logarithms", () => {
    // scipy.stats.t.interval(0.95, 2, mean, sem) of log([0.4, 0.5, 0.625]), exponentiated
    const { ratio, interval } = comparePairs([4, 5, 6.25], [10, 10, 10]);
    expect(ratio).toBeCloseTo(0.5, 12);
    expect(interval![0]).toBeCloseTo(0.28723, 4);
    expect(interval![1]).toBeCloseTo(0.87038, 4);
  });

  it("gives no interval of one round, and no ratio of values that are not above 0", () => {
    expect(comparePairs([1], [2])).toEqual({ ours: 1, theirs: 2, ratio: 0.5, interval: null, rounds: 1 });
    expect(comparePairs([0, 0], [1, 2])).toEqual({ ours: 0, theirs: 1.5, ratio: null, interval: null, rounds: 2 });
  });

  it.each([
    [1, 12.7062],
    [10, 2.2281],
    [11, 2.201],
    [30, 2.0423],
    [1000, 1.9623],
  ])("knows Student's quantile for %d degrees of freedom", (degrees, quantile) =>
    expect(Math.abs(studentQuantile(degrees) - quantile)).toBeLessThan(1e-3),
  );

  it("calls a metric better or worse only where the interval leaves 1 out", () => {
    const of = (low: number, high: number) => ({
      ...comparePairs([1], [1]),
      interval: [low, high] as [number, number],
    });
    expect(verdict(of(0.5, 0.9), "lower")).toBe("better");
    expect(verdict(of(0.5, 0.9), "higher")).toBe("worse");
    expect(verdict(of(1.1, 1.3), "lower")).toBe("worse");
    expect(verdict(of(1.1, 1.3), "higher")).toBe("better");
    expect(verdict(of(0.9, 1.3), "lower")).toBe("no difference shown");
    expect(verdict(comparePairs([1], [2]), "lower")).toBe("no difference shown");
  });
});

describe("bounds over a commit", () => {
  const of = (ratio: number, low: number, high: number) => ({
    ...comparePairs([1], [1]),
    ratio,
    interval: [low, high] as [number, number],
  });

  it.each([
    ["higher", 1.3, of(1.31, 1.2, 1.4), true],
    ["higher", 1.3, of(1.25, 1.2, 1.31), null],
    ["higher", 1.3, of(1.25, 1.2, 1.29), false],
    ["lower", 1, of(0.99, 0.9, 1.1), true],
    ["lower", 1, of(1.01, 0.99, 1.03), null],
    ["lower", 1, of(1.1, 1.05, 1.2), false],
    ["lower", 1, comparePairs([2], [1]), null],
    ["lower", 1, comparePairs([0], [1]), null],
  ] as const)("%s than %d times: %j holds %j", (better, bound, comparison, expected) =>
    expect(holds(comparison, better, bound)).toBe(expected),
  );

  it("a bench on its own cannot know them", () => {
    const metric = { what: "a", unit: "s", ours: 1, peer: 2, bounds: "ratio", better: "lower", aim: 0.5 } as const;
    expect(row({ ...metric, atLeast: { commit: "117143e", times: 1 } }).holds).toBeNull();
    expect(row({ ...metric, atLeast: 1 }).holds).toBe(true);
    expect(row({ ...metric, atLeast: 0.4 }).holds).toBe(false);
  });
});

describe("metrics", () => {
  it("reads what benches of commit 117143e write", () => {
    const row = { what: "step", unit: "ms", ours: 32.4, peer: 36.2, ratio: 0.9, bounds: "ratio", better: "lower" };
    const text = JSON.stringify({ bench: "train", machine: {}, versions: {}, rows: [row] });
    expect(metricsOfResult(text, "train.json")).toEqual([{ what: "step", unit: "ms", better: "lower", value: 32.4 }]);
    expect(() => metricsOfResult("{}", "train.json")).toThrow(
      expect.objectContaining({ code: "DATA_INVALID" }) as Error,
    );
  });

  it("keeps a bound over a commit, and none over a peer", () => {
    const [of, over] = [{ commit: "117143e", times: 1.3 }, 2];
    const text = JSON.stringify({ rows: [of, over].map((atLeast) => ({ what: "a", unit: "s", ours: 1, atLeast })) });
    expect(metricsOfResult(text, "a.json").map(({ atLeast }) => atLeast)).toEqual([of, undefined]);
  });

  it("calls a metric by its present name where an older commit writes another", () => {
    const row = { what: "seed 1: GRPO, held-out sums", unit: "points", ours: 65, better: "higher" };
    const [metric] = metricsOfResult(JSON.stringify({ rows: [row] }), "demo.json");
    expect(metric).toMatchObject({ what: "seed 1: GRPO, held-out addition", value: 65 });
  });

  it("reads the last closing line of the tests, and nothing of a run that broke off", () => {
    const values = metricsOfTests("1 passed, 0 failed, 0 skipped\nmore\n1968 passed, 1 failed, 2 skipped\n");
    expect(values?.map(({ what, value }) => [what, value])).toEqual([
      ["tests passed", 1968],
      ["tests failed", 1],
      ["tests skipped", 2],
    ]);
    expect(metricsOfTests("PASS tests/unit/a.test.ts\n")).toBeUndefined();
  });

  const metric = (what: string, value: number): Metric => ({ what, unit: "s", better: "lower", value });
  const turn = (...metrics: Metric[]): Turn => ({ metrics, seconds: 1, others: 0 });

  it("pairs them by name, and lists those that one side lacks", () => {
    const rounds: Round[] = [
      { ours: turn(metric("a", 1), metric("new", 5)), theirs: turn(metric("a", 2), metric("old", 6)) },
      { ours: turn(metric("a", 3), metric("new", 7)), theirs: turn(metric("a", 4), metric("old", 8)) },
    ];
    expect(pairMetrics(rounds)).toEqual({
      series: [{ what: "a", unit: "s", better: "lower", ours: [1, 3], theirs: [2, 4] }],
      unpaired: ["new", "old"],
    });
  });

  it("takes a bound from our side", () => {
    const bound = (times: number) => ({ ...metric("a", 1), atLeast: { commit: "117143e", times } });
    const [series] = pairMetrics([{ ours: turn(bound(2)), theirs: turn(bound(3)) }]).series;
    expect(series).toMatchObject({ atLeast: { times: 2 } });
  });

  it("leaves out a metric that is missing in one round only", () => {
    const rounds: Round[] = [
      { ours: turn(metric("a", 1)), theirs: turn(metric("a", 2)) },
      { ours: turn(metric("a", 3)), theirs: turn() },
    ];
    expect(pairMetrics(rounds)).toEqual({ series: [], unpaired: ["a"] });
  });
});

describe("rounds", () => {
  const home = useDirectory();
  const round = (seconds: number): Round => ({
    ours: { metrics: [], seconds, others: null },
    theirs: { metrics: [], seconds: 2 * seconds, others: null },
  });

  it("alternates who goes first", () => {
    expect([0, 1, 2].flatMap((number) => roundOrder(number).map((side) => side[0]))).toEqual([
      "o",
      "t",
      "t",
      "o",
      "o",
      "t",
    ]);
  });

  it("forecasts each side by its own turns", () => {
    const past = [
      { side: "ours", seconds: 10 },
      { side: "theirs", seconds: 20 },
      { side: "ours", seconds: 14 },
    ] as const;
    expect(secondsLeft(["theirs", "ours", "theirs"], past)).toBe(20 + 12 + 20);
    expect(secondsLeft(["theirs"], past.slice(0, 1))).toBe(10);
    expect(secondsLeft(["ours"], [])).toBeUndefined();
  });

  it("keeps what is done for the next call, until asked to measure again", () => {
    const file = `${home()}/deep/rounds.json`;
    const first = new KeptRounds(file, false);
    first.add(round(1));
    first.add(round(2));
    expect(new KeptRounds(file, false).rounds).toEqual([round(1), round(2)]);
    const again = new KeptRounds(file, true);
    expect(again.rounds).toEqual([]);
    again.add(round(3));
    expect(new KeptRounds(file, false).rounds).toEqual([round(3)]);
  });
});

describe("processor time of a tree of processes", () => {
  const seen = (pid: number, parent: number, own: number, waited: number) => ({ pid, parent, own, waited });

  it("adds what each process used when it was last seen", () => {
    const time = new ProcessorTime();
    time.add([seen(1, 0, 100, 0), seen(2, 1, 50, 0)]);
    time.add([seen(1, 0, 200, 0), seen(2, 1, 150, 0)]);
    expect(time.seconds()).toBe(3.5);
  });

  it("counts a child that no look saw, and the last moments of one that was seen, by their parent's account", () => {
    const time = new ProcessorTime();
    time.add([seen(1, 0, 100, 0), seen(2, 1, 50, 0)]);
    time.add([seen(1, 0, 100, 80 + 20)]);
    expect(time.seconds()).toBe(2);
  });

  it("counts an orphan once", () => {
    const time = new ProcessorTime();
    time.add([seen(1, 0, 10, 0), seen(2, 1, 10, 0), seen(3, 2, 10, 0)]);
    time.add([seen(1, 0, 10, 10), seen(3, 1, 70, 0)]);
    time.add([seen(1, 0, 10, 10), seen(3, 1, 70, 0)]);
    expect(time.seconds()).toBe(0.9);
  });
});
