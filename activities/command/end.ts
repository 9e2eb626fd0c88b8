import { diskFullError, mentionsFullDisk } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/home.js";
import type { ProgramEnd } from "./program.js";

/**
 * Exit codes with a meaning. Other codes above 0 count as transient failures, so the stage is
 * retried.
 */
const notFound = 127;
const notExecutable = 126;
/**
 * sysexits.h: 64 to 78 say what is wrong with the input or the configuration, 75 (EX_TEMPFAIL) that
 * it may pass.
 */
const [firstRefusal, temporary, lastRefusal] = [64, 75, 78];
/** Not in sysexits.h. */
const outOfMemory = 79;

/**
 * @param output the last lines that the program printed
 * @throws PawlError COMMAND_FAILED, COMMAND_REFUSED, COMMAND_NOT_FOUND, OUT_OF_MEMORY, DISK_FULL
 */
export function refuseFailedEnd({ code, signal, memoryKill }: ProgramEnd, program: string, output: string): void {
  if (code === 0) return;
  const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
  const facts = { where: "with.run", ...(output !== "" && { got: output }) };
  if ((signal === "SIGKILL" && memoryKill) || code === outOfMemory)
    throw new PawlError("OUT_OF_MEMORY", `the program ${how}: memory ran out`, {
      ...facts,
      next: "let the program use less memory, or give the machine more",
    });
  if (mentionsFullDisk(output)) throw diskFullError(new Error(output), [homeDirectory()]);
  if (code === notFound || code === notExecutable)
    throw new PawlError("COMMAND_NOT_FOUND", `the program ${how}: it cannot be started`, {
      ...facts,
      expected:
        "a program in the PATH of the workers, or a file below the working directory (./NAME) that may be executed",
      got: output === "" ? program : output,
      next: "install the program for the workers, or correct run",
    });
  const isRefusal = code !== null && code >= firstRefusal && code <= lastRefusal && code !== temporary;
  if (isRefusal)
    throw new PawlError("COMMAND_REFUSED", `the program ${how}, which says that a retry is of no use`, {
      ...facts,
      next: "correct what the program reports, then resume the run",
    });
  throw new PawlError("COMMAND_FAILED", `the program ${how}`, {
    ...facts,
    next: "nothing, if the retry succeeds; else correct what the program reports",
  });
}
