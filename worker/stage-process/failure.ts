import path from "node:path";
import { fileURLToPath } from "node:url";
import { describeError } from "../../platform/text/describe-error.js";
import { builtDirectory } from "../../platform/program/locations.js";
import { Refusal } from "../../platform/refusal.js";
import type { Failure } from "../../activities/module/messages.js";
import { RequestFailed } from "./channel.js";
import { InvalidStage } from "./definition.js";

/**
 * Converts an error for the worker. The process prints its stack.
 * @param otherwise the code of errors that have none
 */
export function failureFrom(error: unknown, otherwise: "invalid" | "backend" | "thrown", file: string): Failure {
  if (error instanceof RequestFailed) return { kind: otherwise, message: error.message, request: error.request };
  if (error instanceof InvalidStage)
    return { kind: "invalid", message: error.message, ...(error.where !== undefined && { where: error.where }) };
  if (error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`);
  const where = errorLocation(error, file);
  const message = error instanceof Error ? error.message : describeError(error);
  const kind = error instanceof Refusal ? "refused" : otherwise;
  return { kind, message: message.slice(0, 2000), ...(where !== undefined && { where }) };
}

/** A place at the end of a line of a stack, in a file or at its URL. */
const frame = /(?:^|[\s(])((?:file:\/\/)?\/.+?):(\d+(?::\d+)?)\)?$/;
/**
 * Where in the project's own code an error was thrown, relative to the stage's file:
 * `deduplicate.ts:12:7`, or `lib/rows.ts:3:1` in what that imports.
 */
function errorLocation(error: unknown, file: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { place, stack = "" } = error as Error & { place?: Place };
  const places = [place, ...stack.split("\n").map(placeOfFrame)].filter((found) => found !== undefined);
  const own = places.find((found) => isOwn(found.file, file));
  return own && `${path.relative(path.dirname(file), own.file)}:${own.at}`;
}

/** Line and column in a file. */
interface Place {
  file: string;
  at: string;
}

function placeOfFrame(line: string): Place | undefined {
  const [, named, at] = frame.exec(line) ?? [];
  if (named === undefined || at === undefined) return undefined;
  return { file: named.startsWith("file:") ? fileURLToPath(named) : named, at };
}

/** Whether code is the stage's, and not that of a package that it imports, or of Pawl. */
function isOwn(location: string, file: string): boolean {
  const below = path.relative(path.dirname(file), location);
  if (below.startsWith(".."))
    return !location.includes("/node_modules/") && !location.startsWith(builtDirectory() + path.sep);
  return !below.includes("node_modules/");
}
