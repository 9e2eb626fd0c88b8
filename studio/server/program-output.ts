import { open } from "node:fs/promises";
import path from "node:path";
import { printable } from "../../platform/text/printable.js";
import { layout } from "../../store/home.js";
import { lastOutputFile } from "../../store/history/program-output.js";
import type { OutputMessage } from "../messages.js";
import { changeIn } from "./changes.js";

/** Bytes that a message has at most, the newest. */
export const maxOutputBytes = 1 << 18;
/** How often a file is read in any case, ms: not every file system reports changes. */
const everyMs = 1000;
const newline = 0x0a;

/**
 * What the program of a stage prints in its last attempt, as `pawl logs RUN STAGE --output` prints
 * it, then what is new, until `left`. A later attempt begins again.
 * @param attempts how many attempts the stage has had
 */
export async function* followOutput(
  home: string,
  run: string,
  stage: string,
  attempts: () => Promise<number>,
  closed: AbortSignal,
): AsyncGenerator<OutputMessage> {
  const directory = path.dirname(layout.output(home, run, stage, 1));
  let tail: Tail | undefined;
  let isStart = true;
  while (!closed.aborted) {
    const file = lastOutputFile(home, run, stage, await attempts());
    if (file !== tail?.file) [tail, isStart] = [file === undefined ? undefined : new Tail(file), true];
    const { text, leftOut, isAgain } = (await tail?.read()) ?? { text: "", leftOut: 0, isAgain: false };
    if (isStart || isAgain || text !== "")
      yield {
        ...{ isPresent: tail !== undefined, text: printable(text) },
        ...(leftOut > 0 && { leftOut }),
        ...((isStart || isAgain) && { isStart: true as const }),
      };
    isStart = false;
    await changeIn([directory], everyMs, closed);
  }
}

/** Reads a growing file of text from where it stopped the last time. */
class Tail {
  #position = 0;
  #size = 0;
  constructor(readonly file: string) {}

  /**
   * The end of a file without a newline is read once the file has not grown between two looks: it
   * may be half a character.
   */
  async read(): Promise<{ text: string; leftOut: number; isAgain: boolean }> {
    const handle = await open(this.file, "r");
    try {
      const { size } = await handle.stat();
      const isAgain = size < this.#position;
      if (isAgain) this.#position = 0;
      const hasGrown = size !== this.#size;
      this.#size = size;
      const from = Math.max(this.#position, size - maxOutputBytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
      const begin = from > this.#position ? buffer.subarray(0, bytesRead).indexOf(newline) + 1 : 0;
      const end = hasGrown ? buffer.lastIndexOf(newline, bytesRead) + 1 : bytesRead;
      if (end <= begin) return { text: "", leftOut: 0, isAgain };
      const leftOut = from + begin - this.#position;
      this.#position = from + end;
      return { text: buffer.toString("utf8", begin, end), leftOut, isAgain };
    } finally {
      await handle.close();
    }
  }
}
