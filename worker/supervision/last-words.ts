import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** How much of the last output of a process that dies is kept, bytes. */
const longest = 16 * 1024;

/** The end of a log file; empty if it cannot be read. */
export function lastWords(file: string): string {
  try {
    const descriptor = openSync(file, "r");
    try {
      const { size } = fstatSync(descriptor);
      const bytes = Buffer.alloc(Math.min(size, longest));
      readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString("utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}

/** What V8, the C++ library and TensorFlow print before they abort. */
const memoryWords =
  /heap out of memory|process out of memory|std::bad_alloc|OOM when allocating|cannot allocate memory/i;

/** Whether a process has printed that it aborts because memory ran out. */
export const saysOutOfMemory = (said: string): boolean => memoryWords.test(said);

/** The line in which a failed check says why it aborts; undefined if there is none. */
export function failedCheck(said: string): string | undefined {
  return said
    .split("\n")
    .findLast((line) =>
      /check failed|assertion|fatal error|# fatal|terminate called|^F\d{4} | F tensorflow/i.test(line),
    )
    ?.trim()
    .slice(0, 300);
}
