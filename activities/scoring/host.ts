/**
 * Program of the process in which a rule has its thread: starts it, passes rows on to it, and
 * reports the results.
 */
import { Worker } from "node:worker_threads";
import type { RuleSettings } from "./rule.js";
import { threadStackMiB } from "./sandbox.js";
import type { ScoredRow } from "./scorer.js";
import type { ThreadReply } from "./thread.js";

/**
 * A request to the process: to open a rule in a new thread of this program, or to judge a row by
 * it.
 */
export type HostRequest = { open: RuleSettings; program: { file: string; argv: string[] } } | { row: ScoredRow };

/** Its reply to each: the thread's reply, or how the thread has ended instead. */
export type HostMessage = ThreadReply | { failure: "error" | "outOfMemory"; message: string };

let thread: Worker | undefined;

process.on("message", (request: HostRequest) => {
  if ("row" in request) thread?.postMessage(request.row);
  else thread = open(request.open, request.program);
});
// The requesting process has ended. A thread that is busy ends with this process.
process.on("disconnect", () => process.exit());
// These go to every process of a terminal or a service; the requesting process decides when this
// one ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

function open(settings: RuleSettings, { file, argv }: { file: string; argv: string[] }): Worker {
  const { kind, memoryLimitBytes } = settings;
  const heap = kind === "module" ? { maxOldGenerationSizeMb: Math.ceil(memoryLimitBytes / 2 ** 20) } : {};
  const opened = new Worker(file, {
    argv,
    workerData: settings,
    env: {},
    resourceLimits: { stackSizeMb: threadStackMiB, ...heap },
  });
  const send = (message: HostMessage): void => {
    if (thread === opened) process.send!(message);
  };
  const died = (message: HostMessage): void => {
    send(message);
    if (thread === opened) thread = undefined;
  };
  opened.on("message", (reply: ThreadReply) => send(reply));
  opened.on("error", (error: Error & { code?: string }) => died(describeDeath(error)));
  opened.on("exit", (code) => died({ failure: "error", message: `its thread ended with code ${code}` }));
  return opened;
}

function describeDeath(error: Error & { code?: string }): HostMessage {
  if (error.code === "ERR_WORKER_INIT_FAILED") return { machine: error.message };
  return { failure: error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "outOfMemory" : "error", message: error.message };
}
