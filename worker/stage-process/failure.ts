import path from "node:path";
import { describeError } from "../../platform/describe-error.js";
import { Refusal } from "../../platform/refusal.js";
import type { Failure } from "../../activities/module/messages.js";
import { RequestFailed } from "./channel.js";
import { InvalidStage } from "./definition.js";

/** An error as the worker learns of it; the process prints its stack. @param otherwise of errors that say nothing themselves */
export function failureFrom(error: unknown, otherwise: "invalid" | "backend" | "thrown", file: string): Failure {
  if (error instanceof RequestFailed) return { kind: otherwise, message: error.message, request: error.request };
  if (error instanceof InvalidStage)
    return { kind: "invalid", message: error.message, ...(error.where !== undefined && { where: error.where }) };
  if (error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`);
  const where = placeIn(error, file);
  const message = error instanceof Error ? error.message : describeError(error);
  const kind = error instanceof Refusal ? "refused" : otherwise;
  return { kind, message: message.slice(0, 2000), ...(where !== undefined && { where }) };
}

/** Where in the stage's file an error was thrown: `deduplicate.ts:12:7`. */
function placeIn(error: unknown, file: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { stack = "" } = error;
  const at = stack.indexOf(`${file}:`);
  return at === -1 ? undefined : path.basename(file) + (/^:\d+:\d+/.exec(stack.slice(at + file.length))?.[0] ?? "");
}
