import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a dead process's last output to keep. */
const longest = 16 * 1024;

/** Reads the end of a log file. Returns an empty text if it cannot be read. */
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
export const mentionsOutOfMemory = (output: string): boolean => memoryWords.test(output);

/** The line in which a failed check says why it aborts; undefined if there is none. */
export function failedCheck(output: string): string | undefined {
  return output
    .split("\n")
    .findLast((line) =>
      /check failed|assertion|fatal error|# fatal|terminate called|^F\d{4} | F tensorflow/i.test(line),
    )
    ?.trim()
    .slice(0, 300);
}
