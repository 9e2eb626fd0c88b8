import { appendFile, mkdir, readFile, truncate } from "node:fs/promises";
import path from "node:path";
import { readEvents, scalarRecord, versionRecord } from "../../formats/event-file.js";
import { safeName } from "../../store/home.js";
import type { Tracker } from "./tracker.js";

/**
 * TensorBoard reads files whose names contain `tfevents`. All attempts at a stage append to the
 * same one.
 */
const fileName = "events.out.tfevents.0.pawl";

/**
 * Writes curves into event files of TensorBoard: each stage of a run is a run of TensorBoard,
 * `RUN/STAGE`. What a killed process left half written is cut off.
 */
export function tensorBoard(directory: string): Tracker {
  return {
    name: "TensorBoard",
    async open({ runId, stage }) {
      const file = path.join(directory, safeName(runId), safeName(stage), fileName);
      const { events, wholeBytes, bytes } = await eventsIn(file);
      if (wholeBytes < bytes) await truncate(file, wholeBytes);
      const last: Record<string, number> = {};
      for (const { step, values } of events) for (const tag of Object.keys(values)) last[tag] = step;
      let isEmpty = wholeBytes === 0;
      return {
        last,
        async write(rows) {
          const now = Date.now() / 1000;
          const records = rows.map(({ step, metrics: values }) => scalarRecord({ step, values }, now));
          if (isEmpty) await mkdir(path.dirname(file), { recursive: true });
          await appendFile(file, Buffer.concat([...(isEmpty ? [versionRecord(now)] : []), ...records]));
          isEmpty = false;
        },
        end: () => Promise.resolve(),
        close: () => undefined,
      };
    },
  };
}

async function eventsIn(file: string): Promise<ReturnType<typeof readEvents> & { bytes: number }> {
  try {
    const content = await readFile(file);
    return { ...readEvents(content), bytes: content.length };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { events: [], wholeBytes: 0, bytes: 0 };
    throw error;
  }
}
