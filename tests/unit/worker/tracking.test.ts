import type { TrackedAttempt } from "../../../store/records/record-types.js";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import { readEvents, scalarRecord, versionRecord } from "../../../formats/event-file.js";
import { PawlError } from "../../../platform/errors.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { readLog } from "../../../store/history/log-reader.js";
import { openMetrics, type MetricsRow } from "../../../store/history/metrics.js";
import { trackAttempt, readUndelivered } from "../../../store/records/tracking.js";
import { chooseTrackers } from "../../../worker/tracking/choose.js";
import { Sender } from "../../../worker/tracking/sender.js";
import { tensorBoard } from "../../../worker/tracking/tensorboard.js";
import type { Curves, Tracker } from "../../../worker/tracking/tracker.js";
import { attempt, processWith, request } from "../../support/attempt.js";
import { useDirectory } from "../../support/directory.js";
import { python, testWithPython } from "../../support/python.js";
import { recordRows, row, tracked, trackedKey as key } from "../../support/tracked.js";
import { TrackerDouble } from "../../support/tracker-double.js";

const home = useDirectory();
const board = (): string => path.join(home(), "board");
const eventFile = (run = "run/stage"): string => path.join(board(), run, "events.out.tfevents.0.pawl");
const open = (tracker: Tracker, more: Partial<TrackedAttempt> = {}): Promise<Curves> => tracker.open(tracked(more), {});

/** The CRC-32C of a text, bit by bit, from the definition of the polynomial. */
function slowChecksum(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data)
    for (let bit = 0; bit < 8; bit++) {
      const differs = ((crc ^ (byte >> bit)) & 1) === 1;
      crc = (crc >>> 1) ^ (differs ? 0x82f63b78 : 0);
    }
  return ~crc >>> 0;
}

/**
 * Reads the frames of TFRecord by themselves: the data of each record. Throws if a checksum is
 * wrong.
 */
function framesOf(file: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  const unmasked = (at: number): number => {
    const rotated = (file.readUInt32LE(at) - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(unmasked(at + 8)).toBe(slowChecksum(file.subarray(at, at + 8)));
    expect(unmasked(at + 12 + length)).toBe(slowChecksum(data));
    frames.push(data);
    at += length + 16;
  }
  return frames;
}

const stepsOf = (file: string): [number, Record<string, number>][] =>
  readEvents(readFileSync(file)).events.map(({ step, values }) => [step, { ...values }]);

describe("an event file", () => {
  test("has TFRecord's frames, whose checksums an independent reader finds right", () => {
    // The check value of CRC-32C, RFC 3720.
    expect(slowChecksum(Buffer.from("123456789"))).toBe(0xe3069283);
    const records = [versionRecord(1.5), scalarRecord({ step: 300, values: { loss: 2.5, "a/b": -1 } }, 2)];
    const [version, scalars] = framesOf(Buffer.concat(records));
    expect(version!.toString("latin1")).toBe(`\t${doubleText(1.5)}\x1a\x0dbrain.Event:2`);
    const value = (tag: string, bytes: string): string =>
      `\n${String.fromCharCode(tag.length + 7)}\n${String.fromCharCode(tag.length)}${tag}\x15${bytes}`;
    const summary = value("loss", "\0\0\x20\x40") + value("a/b", "\0\0\x80\xbf");
    expect(scalars!.toString("latin1")).toBe(
      `\t${doubleText(2)}\x10\xac\x02\x2a${String.fromCharCode(summary.length)}${summary}`,
    );
  });

  test("is read up to the first byte that is damaged or missing", () => {
    const records = [versionRecord(0), ...[1, 2, 3].map((step) => scalarRecord({ step, values: { loss: step } }, 0))];
    const file = Buffer.concat(records);
    expect(readEvents(file).events.map(({ step }) => step)).toEqual([1, 2, 3]);
    const third = file.length - records[3]!.length;
    expect(readEvents(file.subarray(0, -1))).toMatchObject({ events: [{ step: 1 }, { step: 2 }], wholeBytes: third });
    const damaged = Buffer.from(file);
    damaged[third + 20]! ^= 1;
    expect(readEvents(damaged).wholeBytes).toBe(third);
    damaged[third + 1]! ^= 1;
    expect(readEvents(damaged).wholeBytes).toBe(third);
    expect(readEvents(Buffer.alloc(0))).toEqual({ events: [], wholeBytes: 0 });
  });
});

const doubleText = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString("latin1");
};

const ended = { status: "succeeded", atMs: 5000, metrics: { accuracy: 0.5 } } as const;

const record = (...rows: MetricsRow[]): Promise<void> => recordRows(home(), ...rows);

async function messages(runId = "run"): Promise<string[]> {
  const found: string[] = [];
  for await (const { message } of readLog(home(), runId)) found.push(message);
  return found;
}

const pending = (): string[] => {
  const directory = layout.tracked(home());
  return existsSync(directory) ? readdirSync(directory) : [];
};

describe("the tracker for TensorBoard", () => {
  test("continues a file, and knows the last step of each tag", async () => {
    const curves = await open(tensorBoard(board()));
    expect(curves.last).toEqual({});
    await curves.write([row(1), row(2), row(2, { heldOutLoss: 9 })]);
    const resumed = await open(tensorBoard(board()));
    expect(resumed.last).toEqual({ loss: 2, heldOutLoss: 2 });
    await resumed.write([row(3)]);
    expect(stepsOf(eventFile())).toEqual([
      [1, { loss: 1 }],
      [2, { loss: 2 }],
      [2, { heldOutLoss: 9 }],
      [3, { loss: 3 }],
    ]);
    framesOf(readFileSync(eventFile()));
  });

  test("cuts off what a killed process left half written", async () => {
    await (await open(tensorBoard(board()))).write([row(1), row(2)]);
    truncateSync(eventFile(), readFileSync(eventFile()).length - 3);
    const curves = await open(tensorBoard(board()));
    expect(curves.last).toEqual({ loss: 1 });
    await curves.write([row(2), row(3)]);
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1, 2, 3]);
    framesOf(readFileSync(eventFile()));
  });

  test("writes nothing for a stage without metrics, and has no path outside of its directory", async () => {
    expect(chooseTrackers(home(), { PAWL_TENSORBOARD: "" })).toEqual([]);
    const [tracker] = chooseTrackers(home(), { PAWL_TENSORBOARD: board() });
    await open(tracker!, { runId: "../../up", stage: "../x" });
    expect(existsSync(board())).toBe(false);
    await (await open(tracker!, { runId: "../../up", stage: "../x" })).write([row(1)]);
    expect(readdirSync(home()).sort()).toEqual(["board", "runs"]);
  });

  testWithPython(["tensorboard"], "TensorBoard itself reads the curves", async () => {
    await (await open(tensorBoard(board()))).write([row(1), row(2, { loss: 0.5, reward: 3 })]);
    const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0, "scalars": 0})
found.Reload()
tags = found.Tags()
print(json.dumps({tag: [[e.step, e.value] for e in found.Scalars(tag)] for tag in tags["scalars"]}))
`;
    const out = execFileSync(python, ["-c", script, path.dirname(eventFile())], { encoding: "utf8" });
    expect(JSON.parse(out)).toEqual({
      loss: [
        [1, 1],
        [2, 0.5],
      ],
      reward: [[2, 3]],
    });
  });
});

beforeEach(() => mkdirSync(layout.run(home(), "run"), { recursive: true }));

describe("the sender", () => {
  test("sends each step of a stage once, though an attempt that resumes records steps again, and ends with the stage", async () => {
    const end = await trackAttempt(home(), tracked());
    const sender = new Sender(home(), [tensorBoard(board())]);
    await record(row(1), row(2));
    await sender.round();
    await record(row(2), row(3));
    await sender.round();
    expect(pending()).toHaveLength(1);
    // The end of a stage writes its history anew.
    await openMetrics(home(), key).finish();
    await record(row(4));
    await end(ended);
    await sender.round();
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1, 2, 3, 4]);
    expect(pending()).toEqual([]);
    expect(await messages()).toEqual([]);
  });

  test("the next attempt takes the place of one that was killed; of an earlier one that ended, it continues the curves", async () => {
    await trackAttempt(home(), tracked());
    const end = await trackAttempt(home(), tracked({ attempt: 2, startedAtMs: 2000 }));
    expect(pending()).toHaveLength(2);
    await record(row(1));
    await end({ ...ended, status: "failed" });
    await new Sender(home(), [tensorBoard(board())]).round();
    expect(pending()).toEqual([]);
    const again = await trackAttempt(home(), tracked({ attempt: 3, startedAtMs: 3000 }));
    await record(row(1), row(2));
    await again(ended);
    await new Sender(home(), [tensorBoard(board())]).round();
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1, 2]);
    expect(pending()).toEqual([]);
  });

  test("a damaged request or delivery is set aside, and harms no other stage", async () => {
    const end = await trackAttempt(home(), tracked());
    await record(row(1));
    await end(ended);
    writeFileSync(path.join(layout.tracked(home()), "broken.1-1.json"), "{");
    mkdirSync(layout.deliveries(home(), "run"), { recursive: true });
    writeFileSync(path.join(layout.deliveries(home(), "run"), `${encodeURIComponent("TensorBoard/stage")}.json`), "{");
    await new Sender(home(), [tensorBoard(board())]).round();
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1]);
    expect(pending()).toEqual([]);
  });

  test("what was to be sent of a run that was removed is forgotten", async () => {
    const end = await trackAttempt(home(), tracked());
    await record(row(1));
    await end(ended);
    rmSync(layout.run(home(), "run"), { recursive: true });
    await new Sender(home(), [tensorBoard(board())]).round();
    expect(pending()).toEqual([]);
    expect([board(), layout.run(home(), "run")].map((file) => existsSync(file))).toEqual([false, false]);
  });

  test("a stage that a tracker cannot take keeps no other stage waiting", async () => {
    mkdirSync(board());
    mkdirSync(path.join(board(), "run"));
    writeFileSync(path.join(board(), "run", "stage"), "in the way");
    const [bad, good] = [
      await trackAttempt(home(), tracked()),
      await trackAttempt(home(), tracked({ stage: "other" })),
    ];
    await record(row(1));
    await bad(ended);
    const sender = new Sender(home(), [tensorBoard(board())]);
    await sender.round();
    await record(row(2));
    await good(ended);
    await sender.round();
    expect(stepsOf(eventFile("run/other")).map(([step]) => step)).toEqual([1, 2]);
    expect(await readUndelivered(home(), "run")).toMatchObject([{ stage: "stage", steps: 2 }]);
    expect(pending()).toHaveLength(1);
  });

  test("a tracker that hangs keeps no other one waiting", async () => {
    let giveUp = (): void => undefined;
    const givenUp = new Promise<void>((resolve) => (giveUp = resolve));
    const hangs: Tracker = { name: "hangs", open: () => givenUp.then(() => Promise.reject(new Error("given up"))) };
    const board1 = tensorBoard(board());
    let opened = (): void => undefined;
    const wrote = new Promise<void>((resolve) => (opened = resolve));
    const end = await trackAttempt(home(), tracked());
    await record(row(1));
    await end(ended);
    const other: Tracker = {
      name: "TensorBoard",
      async open(...more) {
        const curves = await board1.open(...more);
        return { ...curves, end: async () => opened() };
      },
    };
    const round = new Sender(home(), [hangs, other]).round();
    await wrote;
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1]);
    giveUp();
    await round;
  });
});

describe("a tracker with faults", () => {
  let double: TrackerDouble;
  let nowMs = 0;
  beforeEach(() => {
    double = new TrackerDouble();
    nowMs = 0;
  });
  const newSender = (): Sender => new Sender(home(), [double], () => nowMs);
  const lacks = async (): Promise<object[]> =>
    (await readUndelivered(home(), "run")).map(({ steps, message, next }) => ({ steps, message, next }));

  test("that is down at the start gets everything once it is there; it is tried again less and less often", async () => {
    double.mode = "down";
    const end = await trackAttempt(home(), tracked());
    await record(row(1), row(2));
    const sender = newSender();
    await sender.round();
    expect(await lacks()).toEqual([{ steps: 2, message: "no answer", next: "nothing: it is tried again" }]);
    await end(ended);
    for (const [waitedMs, opened] of [
      [999, 1],
      [1, 2],
      [1999, 2],
    ] as const) {
      nowMs += waitedMs;
      await sender.round();
      expect(double.opened).toBe(opened);
    }
    double.mode = "works";
    nowMs += 1;
    await sender.round();
    expect(double.steps()).toEqual([1, 2]);
    expect(await lacks()).toEqual([]);
    expect(pending()).toEqual([]);
    expect(await messages()).toEqual(["Double does not get the curves: no answer", "Double has the curves again"]);
  });

  test.each(["down", "lost"] as const)("that is %s in the middle gets what it missed, each step once", async (mode) => {
    await trackAttempt(home(), tracked());
    const sender = newSender();
    await record(row(1), row(2));
    await sender.round();
    double.mode = mode;
    await record(row(3));
    await sender.round();
    await record(row(4));
    await sender.round();
    expect(await lacks()).toMatchObject([{ steps: 2 }]);
    double.mode = "works";
    nowMs += 60_000;
    await sender.round();
    expect(double.steps()).toEqual([1, 2, 3, 4]);
    expect(await lacks()).toEqual([]);
    expect(double.runs.size).toBe(1);
  });

  test("a sender that is killed and another one in its place send each step once, wherever the kill was", async () => {
    const end = await trackAttempt(home(), tracked());
    await record(row(1), row(2));
    await newSender().round();
    await record(row(3));
    // It dies after the tracker has taken step 3, and before it has noted that.
    double.mode = "lost";
    await newSender().round();
    double.mode = "works";
    await record(row(4));
    await end(ended);
    await newSender().round();
    expect(double.steps()).toEqual([1, 2, 3, 4]);
    expect([...double.runs.values()]).toMatchObject([{ ended: "succeeded" }]);
  });

  test("changed settings are another run", async () => {
    await trackAttempt(home(), tracked());
    await record(row(1));
    const sender = newSender();
    await sender.round();
    await trackAttempt(home(), tracked({ startedAtMs: 2000, key: "c".repeat(64) }));
    await sender.round();
    expect([...double.runs.values()].map(({ rows }) => rows.length)).toEqual([1, 0]);
  });

  test("a refusal is logged and counted, and not tried again before a restart", async () => {
    double.mode = "refusing";
    const end = await trackAttempt(home(), tracked());
    await record(row(1), row(2));
    const sender = newSender();
    for (let round = 0; round < 3; round++) {
      await sender.round();
      nowMs += 3_600_000;
    }
    await end(ended);
    await sender.round();
    expect(double.opened).toBe(1);
    expect(await lacks()).toEqual([{ steps: 2, message: "who are you", next: "set the key" }]);
    expect(await messages()).toEqual(["Double does not get the curves: who are you"]);
    double.mode = "works";
    await newSender().round();
    expect(double.steps()).toEqual([1, 2]);
    expect(await lacks()).toEqual([]);
  });
});

describe("a worker with trackers", () => {
  beforeEach(() => (process.env["PAWL_TENSORBOARD"] = board()));
  afterEach(() => delete process.env["PAWL_TENSORBOARD"]);

  const work = async (_settings: unknown, context: StageContext) => {
    for (const step of [1, 2]) context.recordMetrics(step, { loss: 4 - step });
    const train = await putArtifact(home(), "dataset", () => undefined);
    return { outputs: { train, heldOut: train }, metrics: { trainRows: 1 } };
  };
  const source = { source: { file: "x.txt" } };
  const run = (runId: string, more: Parameters<typeof processWith>[1] = work) =>
    attempt(processWith(home(), more), request({ runId, reuse: false, with: source }));
  const sent = async (): Promise<void> => new Sender(home(), chooseTrackers(home(), process.env)).round();
  beforeEach(() => writeFileSync(path.join(home(), "x.txt"), "hello"));

  test("sends the curves of each stage of a run, once the attempt is under way", async () => {
    const { stage } = request();
    await run("one");
    await sent();
    expect(stepsOf(eventFile(`one/${stage}`))).toEqual([
      [1, { loss: 3 }],
      [2, { loss: 2 }],
    ]);
    expect(pending()).toEqual([]);
  });

  test("its stages neither wait for a tracker nor fail with one", async () => {
    writeFileSync(board(), "in the way");
    expect(await run("two")).toMatchObject({ metrics: { trainRows: 1 } });
    await sent();
    expect(await readUndelivered(home(), "two")).toMatchObject([{ tracker: "TensorBoard", steps: 2 }]);
    rmSync(board());
    await sent();
    expect(await readUndelivered(home(), "two")).toEqual([]);
    // The request itself cannot be written.
    rmSync(path.join(home(), "tracking"), { recursive: true });
    writeFileSync(path.join(home(), "tracking"), "in the way");
    expect(await run("three")).toMatchObject({ metrics: { trainRows: 1 } });
    expect(await messages("three")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^trackers do not learn of it: /), "finished"]),
    );
  });

  test("an attempt that fails ends its curves; one that is preempted does not", async () => {
    const failing = (code: "DIVERGED" | "PREEMPTED") => async (_settings: unknown, context: StageContext) => {
      context.recordMetrics(1, { loss: 3 });
      throw new PawlError(code, "stops here");
    };
    await expect(run("four", failing("PREEMPTED"))).rejects.toThrow("stops here");
    await sent();
    expect(pending()).toHaveLength(1);
    await expect(run("five", failing("DIVERGED"))).rejects.toThrow("stops here");
    await sent();
    expect(pending()).toHaveLength(1);
    expect(pending()[0]).toMatch(/^four%2F/);
  });
});
