import { PawlError } from "../platform/errors.js";

/** Number of open files that every command needs at most. */
const enough = 1024;

/**
 * RESOURCES_EXHAUSTED if the system refused to open one more file; undefined for any other error.
 */
export function openFilesError(error: unknown): PawlError | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const ofSystem = code === "ENFILE";
  // Node's module loader passes on only the message.
  if (!ofSystem && code !== "EMFILE" && !/\bEMFILE\b|too many open files/i.test(String(message))) return undefined;
  return new PawlError(
    "RESOURCES_EXHAUSTED",
    ofSystem ? "the system has too many open files" : "this process may not open more files",
    {
      expected: `a limit of at least ${enough} open files`,
      got: String(message).split("\n", 1)[0]!,
      next: ofSystem
        ? "end other programs, and type it again"
        : `raise the limit (ulimit -n ${enough}), and type it again`,
    },
    { cause: error },
  );
}
