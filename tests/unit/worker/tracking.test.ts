import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import { readEvents, scalarRecord, versionRecord } from "../../../formats/event-file.js";
import { openMetrics, putArtifact, readLog } from "../../../store/index.js";
import { trackerFor } from "../../../worker/tracking/choose.js";
import { tensorBoard } from "../../../worker/tracking/tensorboard.js";
import { trackedHistory } from "../../../worker/tracking/tracked-history.js";
import type { Tracker } from "../../../worker/tracking/tracker.js";
import { attempt, processWith, request } from "../../support/attempt.js";
import { useDirectory } from "../../support/directory.js";
import { python, testWithPython } from "../../support/python.js";

const home = useDirectory();
const key = "b".repeat(64);
const board = (): string => path.join(home(), "board");
const eventFile = (run = "run/stage"): string => path.join(board(), run, "events.out.tfevents.0.pawl");

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

/** Reads the frames of TFRecord by themselves: the data of each record. Throws if a checksum is wrong. */
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

describe("the tracker for TensorBoard", () => {
  const row = (step: number, metrics = { loss: step } as Record<string, number>) => ({ step, metrics });

  test("writes each step of a curve once, though rows come again, also to another process", async () => {
    const tracker = tensorBoard(path.dirname(eventFile()));
    await tracker.write([row(1), row(2), row(2, { heldOutLoss: 9 }), row(1), row(2)]);
    await tracker.write([row(2), row(3)]);
    const resumed = tensorBoard(path.dirname(eventFile()));
    await resumed.write([row(2), row(3), row(4)]);
    expect(stepsOf(eventFile())).toEqual([
      [1, { loss: 1 }],
      [2, { loss: 2 }],
      [2, { heldOutLoss: 9 }],
      [3, { loss: 3 }],
      [4, { loss: 4 }],
    ]);
    framesOf(readFileSync(eventFile()));
    expect(resumed.lacks(row(4))).toBe(false);
    expect(resumed.lacks(row(5))).toBe(true);
  });

  test("cuts off what a killed process left half written", async () => {
    await tensorBoard(path.dirname(eventFile())).write([row(1), row(2)]);
    truncateSync(eventFile(), readFileSync(eventFile()).length - 3);
    await tensorBoard(path.dirname(eventFile())).write([row(1), row(2), row(3)]);
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1, 2, 3]);
    framesOf(readFileSync(eventFile()));
  });

  test("writes nothing for a stage without metrics, and has no path outside of its directory", () => {
    const chosen = (runId: string) => trackerFor({ runId, stage: "base" }, { PAWL_TENSORBOARD: board() });
    expect(trackerFor({ runId: "r", stage: "base" }, {})).toBeUndefined();
    expect(trackerFor({ runId: "r", stage: "base" }, { PAWL_TENSORBOARD: "" })).toBeUndefined();
    expect(chosen("../../up")).toBeDefined();
    expect(existsSync(board())).toBe(false);
  });

  testWithPython(["tensorboard"], "TensorBoard itself reads the curves", async () => {
    await tensorBoard(path.dirname(eventFile())).write([row(1), row(2, { loss: 0.5, reward: 3 })]);
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

describe("a tracked history", () => {
  const logged: string[] = [];
  let onLog = (): void => undefined;
  const log: StageContext["log"] = (message) => {
    logged.push(message);
    onLog();
  };
  const tracked = (tracker: Tracker) => trackedHistory({ home: home(), key, log }, openMetrics(home(), key), tracker);
  beforeEach(() => (logged.length = 0));

  test("passes on all rows by its end", async () => {
    const history = tracked(tensorBoard(path.dirname(eventFile())));
    for (const step of [1, 2]) history.record(step, { loss: step });
    await history.flush();
    // An attempt that resumes records a step again, and `finish` then writes the history anew.
    for (const step of [2, 3]) history.record(step, { loss: step });
    await history.finish();
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1, 2, 3]);
    expect(logged).toEqual([]);
  });

  test("gives a tracker that was down what it lacks, once it works again", async () => {
    writeFileSync(board(), "in the way");
    const failed = new Promise<void>((resolve) => (onLog = resolve));
    const history = tracked(tensorBoard(path.dirname(eventFile())));
    history.record(1, { loss: 1 });
    await history.flush();
    await failed;
    rmSync(board());
    history.record(2, { loss: 2 });
    await history.finish();
    expect(stepsOf(eventFile()).map(([step]) => step)).toEqual([1, 2]);
    expect(logged).toEqual([expect.stringMatching(/^curves could not be written for the tracker: E/)]);
  });

  test("counts what a tracker missed that stayed down, or never answered, and ends without it", async () => {
    writeFileSync(board(), "in the way");
    const down = tracked(tensorBoard(path.dirname(eventFile())));
    for (const step of [1, 2, 3]) down.record(step, { loss: step });
    await down.finish();
    expect(logged).toEqual([expect.stringContaining("curves could not"), "the tracker missed 3 steps"]);
    const hangs = tracked({ write: () => new Promise(() => undefined), lacks: () => true });
    await hangs.finish();
    expect(logged.at(-1)).toBe("the tracker missed 3 steps");
  });
});

describe("a worker with PAWL_TENSORBOARD", () => {
  beforeEach(() => (process.env["PAWL_TENSORBOARD"] = board()));
  afterEach(() => delete process.env["PAWL_TENSORBOARD"]);

  const work = async (_settings: unknown, context: StageContext) => {
    for (const step of [1, 2]) context.recordMetrics(step, { loss: 4 - step });
    const train = await putArtifact(home(), "dataset", () => undefined);
    return { outputs: { train, heldOut: train }, metrics: { trainRows: 1 } };
  };
  const run = (runId: string) => attempt(processWith(home(), work), request({ runId, reuse: false }));
  const messages = async (runId: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { message } of readLog(home(), runId)) found.push(message);
    return found;
  };

  test("writes the curves of each stage of a run into a directory", async () => {
    const { stage } = request();
    await run("one");
    expect(stepsOf(eventFile(`one/${stage}`))).toEqual([
      [1, { loss: 3 }],
      [2, { loss: 2 }],
    ]);
  });

  test("does its work where they cannot be written, and logs what is missing", async () => {
    writeFileSync(board(), "in the way");
    expect(await run("two")).toMatchObject({ metrics: { trainRows: 1 } });
    expect(await messages("two")).toEqual(expect.arrayContaining(["the tracker missed 2 steps", "finished"]));
  });
});
