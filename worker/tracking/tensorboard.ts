import { appendFile, mkdir, readFile, truncate } from "node:fs/promises";
import path from "node:path";
import { readEvents, scalarRecord, versionRecord, type ScalarEvent } from "../../formats/event-file.js";
import type { Tracker } from "./tracker.js";

/** TensorBoard reads files whose names contain `tfevents`. All attempts at a stage append to the same one. */
const fileName = "events.out.tfevents.0.pawl";

/**
 * Writes curves into an event file of TensorBoard. A step that the file already has is not written again: steps of a curve
 * grow, but for those that an attempt repeats after a kill. What a killed process left half written is cut off.
 * @param directory of the file: a run of TensorBoard
 */
export function tensorBoard(directory: string): Tracker {
  const file = path.join(directory, fileName);
  /** The last step of each tag that the file has; undefined until it was read. */
  let last: LastSteps | undefined;

  async function open(): Promise<LastSteps> {
    await mkdir(directory, { recursive: true });
    const before = await contentOf(file);
    const { events, wholeBytes } = readEvents(before);
    if (wholeBytes < before.length) await truncate(file, wholeBytes);
    if (wholeBytes === 0) await appendFile(file, versionRecord(Date.now() / 1000));
    const steps: LastSteps = new Map();
    for (const { step, values } of events) advance(steps, step, values);
    return steps;
  }

  return {
    lacks: ({ step, metrics }) => Object.keys(newOf(last ?? new Map<string, number>(), step, metrics)).length > 0,
    async write(rows) {
      last ??= await open();
      const steps = new Map(last);
      const records = rows.flatMap(({ step, metrics }) => {
        const values = newOf(steps, step, metrics);
        advance(steps, step, values);
        return Object.keys(values).length === 0 ? [] : [scalarRecord({ step, values }, Date.now() / 1000)];
      });
      if (records.length === 0) return;
      try {
        await appendFile(file, Buffer.concat(records));
        last = steps;
      } catch (error) {
        // A part may have been written: the file is read again.
        last = undefined;
        throw error;
      }
    },
  };
}

type Metrics = ScalarEvent["values"];
type LastSteps = Map<string, number>;

/** The metrics that are later than what a file has of them. */
function newOf(last: LastSteps, step: number, metrics: Metrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([tag]) => step > (last.get(tag) ?? -1)));
}

function advance(last: LastSteps, step: number, metrics: Metrics): void {
  for (const tag of Object.keys(metrics)) last.set(tag, step);
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
