import { randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, renameSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { sha256 } from "../../platform/digests.js";
import { appendLines } from "./append.js";
import { isMissing, storeError, systemCode } from "../errors.js";
import { exists, writeFileWhole } from "../files.js";
import { layout } from "../home.js";
import { recordedResult } from "../records/results.js";
import { temporaryName } from "../temporary.js";

/** The metrics of one step. */
export interface MetricsRow {
  /** Number of the step or iteration, from 1. */
  step: number;
  /** Single precision. */
  metrics: Record<string, number>;
}

/** When a step was recorded, epoch ms. */
export type StepTime = [step: number, timeMs: number];

/** The growing history of a stage key. */
export interface MetricsHistory {
  /**
   * Adds metrics of a step; cheap, for every step. Metrics that are recorded again (after a kill)
   * replace the earlier ones.
   */
  record(step: number, metrics: Readonly<Record<string, number>>): void;
  /** The newest step of this attempt; NaN before the first. */
  newestStep(): number;
  /**
   * Syncs the recorded metrics to the disk: before a checkpoint, so that no step between two
   * checkpoints is missing.
   */
  flush(): Promise<void>;
  /** Once the stage has ended: one row per step, in order. @returns the number of steps */
  finish(): Promise<number>;
}

/**
 * Rows stay in memory for at most this time, ms, so that readers who follow a stage see them soon.
 */
const maxWaitMs = 200;

/**
 * Times of steps are at least this far apart, ms, and this share of the attempt so far: a long one
 * has a few thousand.
 */
const timesApart = { ms: 1000, share: 1 / 500 };

/**
 * The metrics history of a stage key, a text file to which lines are appended:
 *
 *     n ID NAMES CRC      the names (JSON) of the columns that lines with this ID have
 *     ID STEP VALUES CRC  one step
 *     t STEP MS CRC       when a step was recorded, epoch ms; of the first one, of the last one,
 *                         and of some between them
 *     n 00000000 ["WRITER",COUNT] CRC  how many lines an attempt has written: 0 when it begins,
 *                                      then before each
 *                         checkpoint and at the end. At least as many stand between its first such
 *                           line and this one: else
 *                         some were lost. An earlier build reads it as columns that no line has.
 *
 * An attempt that resumes from a checkpoint records the steps after it again, and two runs may do
 * the same stage: for each step and name, the last value counts. CRC is the CRC-32 of the line
 * before it, in hexadecimal.
 */
export function openMetrics(home: string, key: string): MetricsHistory {
  const file = layout.metrics(home, key);
  const known = new Set<string>();
  const beganAt = performance.now();
  const written = new WrittenLines();
  let waiting = "";
  let writtenAt = beganAt;
  let timed = { step: NaN, at: -Infinity };
  let lastStep = NaN;
  const write = (sync: boolean): void => {
    const text = written.formatText(waiting, sync);
    if (text !== "") appendTo(home, file, text, sync);
    written.note(waiting, sync);
    waiting = "";
    writtenAt = performance.now();
  };
  const time = (at: number): void => {
    waiting += timeLine([lastStep, Date.now()]);
    timed = { step: lastStep, at };
  };
  const writeAll = (): void => {
    if (!Number.isNaN(lastStep) && timed.step !== lastStep) time(performance.now());
    write(true);
  };
  return {
    record(step, metrics) {
      const names = Object.keys(metrics);
      const id = columnsId(names);
      if (!known.has(id)) waiting += declarationLine(id, names);
      known.add(id);
      waiting += rowLine(id, step, Object.values(metrics));
      lastStep = step;
      const now = performance.now();
      if (now - timed.at >= Math.max(timesApart.ms, timesApart.share * (now - beganAt))) time(now);
      if (now - writtenAt >= maxWaitMs) write(false);
    },
    newestStep: () => lastStep,
    flush: () => guarded(home, writeAll),
    finish: () =>
      guarded(home, async () => {
        writeAll();
        if (!exists(file)) return 0;
        const { rows, lines, times, lost } = await readMetricsRows(file);
        if (lines === rows.length) return lines;
        const text = new WrittenLines(lost).formatText(formatLines(rows) + times.map(timeLine).join(""), true);
        await writeFileWhole(file, text, await temporaryName(home, "record"));
        return rows.length;
      }),
  };
}

/**
 * The metrics history of a stage key, one row per step, in order.
 * @returns damaged: the number of lines that were lost, or differ from what was written and are
 *   left out
 */
export async function readMetrics(home: string, key: string): Promise<{ rows: MetricsRow[]; damaged: number }> {
  return guarded(home, async () => {
    const { rows, damaged } = await readMetricsRows(layout.metrics(home, key));
    return { rows, damaged: Math.max(damaged, await missingSteps(home, key, rows.length)) };
  });
}

/** The values of one metric, in the order of their steps. */
export interface MetricColumn {
  steps: ArrayLike<number>;
  /** [steps] */
  values: ArrayLike<number>;
}

/**
 * The same history by metric: two numbers for each value, so that millions of steps fit into
 * memory.
 * @returns damaged: the number of lines that were lost, or differ from what was written and are
 *   left out
 */
export async function readMetricColumns(
  home: string,
  key: string,
): Promise<{ columns: Map<string, MetricColumn>; damaged: number }> {
  return guarded(home, async () => {
    const found = new Map<string, { steps: number[]; values: number[] }>();
    const { damaged, lines } = await scanMetrics(layout.metrics(home, key), ({ step, names, values }) => {
      for (const [i, name] of names.entries()) {
        const column = found.get(name) ?? { steps: [], values: [] };
        if (column.steps.length === 0) found.set(name, column);
        column.steps.push(step);
        column.values.push(values[i]!);
      }
    });
    return {
      columns: new Map([...found].map(([name, column]) => [name, inOrder(column)])),
      damaged: Math.max(damaged, await missingSteps(home, key, lines)),
    };
  });
}

/** Returns how many steps are missing since the stage ended. The sealed result has their number. */
async function missingSteps(home: string, key: string, found: number): Promise<number> {
  // A run that was imported has none.
  if (found === 0) return 0;
  const { steps = 0 } = (await recordedResult(home, key)) ?? {};
  return Math.max(0, steps - found);
}

/** One value for each step, the last one that was recorded. */
function inOrder(column: { steps: number[]; values: number[] }): MetricColumn {
  const { steps, values } = column;
  if (steps.every((step, i) => i === 0 || step > steps[i - 1]!)) return column;
  const last = new Map(steps.map((step, i) => [step, values[i]!]));
  const ordered = [...last.keys()].sort((a, b) => a - b);
  return { steps: ordered, values: ordered.map((step) => last.get(step)!) };
}

/** Size of the pieces in which a history is read, bytes. */
const pieceBytes = 256 * 1024;

/**
 * Follows the metrics history of a stage key while it grows. Each call returns the rows after those
 * of the call before, of one piece of the file: as they were recorded, so a step may come again.
 * Damaged lines are left out. A history that was written anew is read from its beginning.
 * @param onTime called for each step whose time was recorded: see `addTime`
 * @param onDamaged called with each call that finds no row, with the number of lines that are
 *   damaged or missing so far
 */
export function followMetrics(
  home: string,
  key: string,
  onTime?: (time: StepTime) => void,
  onDamaged?: (count: number) => void,
): () => Promise<MetricsRow[]> {
  const file = layout.metrics(home, key);
  const begin = () => ({ position: 0, read: lineReader(), expected: new ExpectedLines(), damaged: 0, rows: 0 });
  let state = begin();
  return () =>
    guarded(home, async () => {
      const piece = await readPiece(file, state.position);
      if (piece === undefined) state = begin();
      // Only whole lines are decoded.
      const end = (piece?.lastIndexOf(0x0a) ?? -1) + 1;
      state.position += end;
      const lines = end === 0 ? [] : piece!.toString("utf8", 0, end - 1).split("\n");
      const rows = lines.map(state.read).flatMap((found) => {
        state.expected.see(found);
        if (found === "damaged") state.damaged++;
        if (typeof found === "object" && "names" in found) return [toMetricsRow(found)];
        if (typeof found === "object" && "time" in found) onTime?.(found.time);
        return [];
      });
      state.rows += rows.length;
      if (rows.length === 0 && onDamaged)
        onDamaged(Math.max(state.damaged + state.expected.lost, await missingSteps(home, key, state.rows)));
      return rows;
    });
}

/** Reads a piece of a file. Returns undefined if the file has become shorter or does not exist. */
async function readPiece(file: string, position: number): Promise<Buffer | undefined> {
  const handle = await open(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  try {
    const facts = await handle?.stat();
    if (!handle || !facts?.isFile() || facts.size < position) return undefined;
    const bytes = Buffer.alloc(Math.min(pieceBytes, facts.size - position));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle?.close();
  }
}

function appendTo(home: string, file: string, lines: string, sync: boolean): void {
  try {
    appendLines(file, lines, { sync });
  } catch (error) {
    if (systemCode(error) !== "EISDIR") throw error;
    // Something that is not a file is damaged: the history begins again.
    mkdirSync(layout.corrupt(home), { recursive: true });
    renameSync(file, path.join(layout.corrupt(home), `${path.basename(file)}-${Date.now()}-${process.pid}`));
    appendLines(file, lines, { sync });
  }
}

/**
 * Adds the time of a step to earlier ones: those of this step and of later ones are of an attempt
 * that did them before.
 */
export function addTime(times: StepTime[], time: StepTime): void {
  while (times.length > 0 && times.at(-1)![0] >= time[0]) times.pop();
  times.push(time);
}

async function readMetricsRows(
  file: string,
): Promise<{ rows: MetricsRow[]; times: StepTime[]; damaged: number; lost: number; lines: number }> {
  const steps = new Map<number, Record<string, number>>();
  const times: StepTime[] = [];
  const counts = await scanMetrics(
    file,
    (line) => steps.set(line.step, { ...steps.get(line.step), ...toMetricsRow(line).metrics }),
    (time) => addTime(times, time),
  );
  const rows = [...steps].map(([step, metrics]) => ({ step, metrics })).sort((a, b) => a.step - b.step);
  return { rows, times, ...counts };
}

/**
 * Calls `visit` for each step of a history, as it was recorded. A last line that is half written is
 * left out.
 * @returns damaged: lines that were lost, or differ from what was written; lost: those of them that
 *   are not there
 */
async function scanMetrics(
  file: string,
  visit: (line: RecordedLine) => void,
  onTime?: (time: StepTime) => void,
): Promise<{ damaged: number; lost: number; lines: number }> {
  const read = lineReader();
  const expected = new ExpectedLines();
  let [damaged, lines] = [0, 0];
  for await (const line of completeLines(file)) {
    const found = read(line);
    expected.see(found);
    if (found === "damaged") damaged++;
    else if (found === "declaration" || "count" in found) continue;
    else if ("time" in found) onTime?.(found.time);
    else {
      visit(found);
      lines++;
    }
  }
  const { lost } = expected;
  return { damaged: damaged + lost, lost, lines };
}

/** The lines that an attempt writes, with their number. */
class WrittenLines {
  readonly #writer = randomBytes(4).toString("hex");
  #begun = false;
  #counted: number;
  #written: number;

  /** @param lost lines that are known to be lost, which stay so */
  constructor(lost = 0) {
    this.#written = this.#counted = lost;
  }

  /** Formats lines to write. @param isWhole whether a line with their number follows */
  formatText(lines: string, isWhole: boolean): string {
    const count = this.#written + countLines(lines);
    const begin = this.#begun || count === 0 ? "" : this.#mark(0);
    return begin + lines + (isWhole && count > this.#counted ? this.#mark(count) : "");
  }

  /** It is written. */
  note(lines: string, isWhole: boolean): void {
    this.#written += countLines(lines);
    this.#begun ||= this.#written > 0;
    if (isWhole) this.#counted = this.#written;
  }

  #mark(count: number): string {
    return checkedLine(`n ${countId} ${JSON.stringify([this.#writer, count])}`);
  }
}

const countLines = (text: string): number => text.split("\n").length - 1;

/** Notices lines that were lost: fewer are there than their writer has counted. */
class ExpectedLines {
  #seen = 0;
  readonly #writers = new Map<string, { from: number; lost: number }>();
  lost = 0;

  see(line: ReadLine): void {
    if (typeof line !== "object" || !("count" in line)) this.#seen++;
    else this.#compare(line.count);
  }

  #compare({ writer, count }: LineCount): void {
    const known = this.#writers.get(writer);
    if (known === undefined) {
      // Its first line was lost: how many followed it is not known.
      if (count > 0) this.lost++;
      this.#writers.set(writer, { from: this.#seen - count, lost: 0 });
      return;
    }
    const lost = Math.max(known.lost, count - (this.#seen - known.from));
    this.lost += lost - known.lost;
    known.lost = lost;
  }
}

/** The metrics of one step, as a line holds them. */
interface RecordedLine {
  step: number;
  names: readonly string[];
  values: readonly number[];
}

/** How many lines an attempt has written. */
interface LineCount {
  writer: string;
  count: number;
}

/** Marks a line with a LineCount, in place of a column id. */
const countId = "00000000";

type ReadLine = RecordedLine | { time: StepTime } | { count: LineCount } | "declaration" | "damaged";

/** Reads the lines of a history, one after the other. */
function lineReader(): (line: string) => ReadLine {
  const columns = new Map<string, string[]>();
  return (line) => {
    const content = uncheckedLine(line);
    if (content === undefined) return "damaged";
    const declared = /^n ([0-9a-f]{8}) (\[.*\])$/.exec(content);
    if (declared?.[1] === countId) {
      const [writer, count] = JSON.parse(declared[2]!) as [string, number];
      return { count: { writer, count } };
    }
    if (declared) {
      columns.set(declared[1]!, JSON.parse(declared[2]!) as string[]);
      return "declaration";
    }
    const time = /^t (\S+) (\d+)$/.exec(content);
    if (time) return { time: [Number(time[1]), Number(time[2])] };
    const names = columns.get(content.slice(0, 8));
    if (names === undefined) return "damaged";
    const [step = NaN, ...values] = content.split(" ").slice(1).map(Number);
    return { step, names, values };
  };
}

const toMetricsRow = ({ step, names, values }: RecordedLine): MetricsRow => ({
  step,
  metrics: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
});

function formatLines(rows: readonly MetricsRow[]): string {
  const known = new Set<string>();
  const lines = rows.map(({ step, metrics }) => {
    const names = Object.keys(metrics);
    const id = columnsId(names);
    const declaration = known.has(id) ? "" : declarationLine(id, names);
    known.add(id);
    return declaration + rowLine(id, step, Object.values(metrics));
  });
  return lines.join("");
}

/** The same for equal names, whichever process wrote them. */
const columnsId = (names: readonly string[]): string => sha256(JSON.stringify(names)).slice(0, 8);

const declarationLine = (id: string, names: readonly string[]): string =>
  checkedLine(`n ${id} ${JSON.stringify(names)}`);

const rowLine = (id: string, step: number, values: readonly number[]): string =>
  checkedLine([id, step, ...values.map(shortText)].join(" "));

const timeLine = ([step, ms]: StepTime): string => checkedLine(`t ${step} ${ms}`);

const checkedLine = (content: string): string => `${content} ${checksum(content)}\n`;

/** Returns a line's content, or undefined if its checksum is wrong. */
function uncheckedLine(line: string): string | undefined {
  const end = line.lastIndexOf(" ");
  const content = line.slice(0, Math.max(0, end));
  return line.slice(end + 1) === checksum(content) ? content : undefined;
}

const checksum = (content: string): string => crc32(content).toString(16).padStart(8, "0");

/** The shortest decimal text that gives the same number in single precision. */
function shortText(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return String(single);
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(single.toPrecision(digits)));
    if (Math.fround(Number(text)) === single) return text;
  }
  return String(Number(single.toPrecision(9)));
}

/** Reads a file's complete lines in pieces. Yields none if there is no file. */
async function* completeLines(file: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const part of createReadStream(file, "utf8")) {
      const [first = "", ...others] = String(part).split("\n");
      if (others.length === 0) rest += first;
      else {
        yield rest + first;
        rest = others.pop()!;
        yield* others;
      }
    }
  } catch (error) {
    if (!isMissing(error) && systemCode(error) !== "EISDIR") throw error;
  }
}

async function guarded<T>(home: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error, home);
  }
}
