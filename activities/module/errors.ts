import { diskFullError, mentionsFullDisk } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/home.js";
import type { LastLines } from "../command/output.js";
import type { ProgramEnd } from "../command/program.js";
import type { End, Failure } from "./messages.js";
import type { StageServer } from "./server.js";

const codes = {
  invalid: "STAGE_INVALID",
  refused: "STAGE_REFUSED",
  backend: "TENSORFLOW_MISSING",
  thrown: "STAGE_FAILED",
} as const;
const advice = {
  invalid: "correct the stage's file, or the settings that it is given",
  refused: "correct what the message says, then resume the run",
  backend: "run `pawl doctor` on the machine of the worker, then resume the run",
  thrown: "nothing, if the retry succeeds; else correct the stage: pawl logs --output shows what it printed",
};

/**
 * Why a task has no result: of its failure, the worker's own error if that was the cause.
 * @param file as the definition names it
 */
export function taskFailure(file: string, end: End | undefined, server: Pick<StageServer, "requestError">): unknown {
  if (end === undefined || !("failure" in end)) return endedEarly(file);
  const { failure } = end;
  const own = failure.request === undefined ? undefined : server.requestError(failure.request);
  return own ?? stageError(file, failure);
}

/** How TensorFlow says that the memory of its device is used up. */
const deviceFull = /OOM when allocating|RESOURCE_EXHAUSTED/;

function stageError(file: string, { kind, message, where }: Failure): PawlError {
  if (kind === "thrown" && deviceFull.test(message))
    return new PawlError("OUT_OF_MEMORY", message, {
      where: where ?? file,
      next: "compute with smaller batches, or on a device with more memory",
    });
  if (kind === "thrown" && mentionsFullDisk(message)) return diskFullError(new Error(message), [homeDirectory()]);
  return new PawlError(codes[kind], message, { where: where ?? file, next: advice[kind] });
}

/** The exit code of Node.js if it waits for a promise that nothing can fulfill any more. */
const nothingLeft = 13;

/**
 * Refuses a process that ended without saying how its task ended.
 * @param last what it printed last
 * @throws PawlError STAGE_FAILED, OUT_OF_MEMORY, DISK_FULL
 */
export function refuseBrokenOff(file: string, { code, signal, memoryKill }: ProgramEnd, last: LastLines): void {
  if (code === 0 || code === nothingLeft) throw endedEarly(file);
  const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
  const output = last.text();
  const facts = { where: file, ...(output !== "" && { got: output }) };
  if ((signal === "SIGKILL" && memoryKill) || last.include("heap out of memory"))
    throw new PawlError("OUT_OF_MEMORY", `the stage's process ${how}: memory ran out`, {
      ...facts,
      next: "let the stage keep less in memory, or give the machine more",
    });
  if (mentionsFullDisk(output)) throw diskFullError(new Error(output), [homeDirectory()]);
  throw new PawlError("STAGE_FAILED", `the stage's process ${how}`, { ...facts, next: advice.thrown });
}

/** A process that ended before its task did. */
function endedEarly(file: string): PawlError {
  return new PawlError("STAGE_FAILED", "the stage's process ended before run returned", {
    where: file,
    expected: "a promise that run fulfills or rejects",
    got: "nothing left to wait for, or a call of process.exit",
    next: "let run await all that it begins, and end by returning",
  });
}
