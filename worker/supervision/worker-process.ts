import type { NativeConnection, Worker } from "@temporalio/worker";
import { pino, stdTimeFunctions } from "pino";
import { PawlError } from "../../platform/errors.js";
import { letYoungSpaceGrow } from "../../platform/program/young-space.js";
import { printable } from "../../platform/text/printable.js";
import { connectWorker } from "../server/connection.js";
import type { ProcessMessage } from "./standby-heartbeats.js";
import { turningEveryMs, watchThread } from "./workflow-thread-pulse.js";
import { pause } from "../../platform/processes/pause.js";

/**
 * Sends a message to the supervisor, if there is one. The supervisor may just have died: without
 * the callback, the failed write would end this process before it notices.
 */
export function tellSupervisor(message: ProcessMessage | typeof readyMessage | typeof turningMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Sent to the supervisor once a worker takes tasks. */
export const readyMessage = "ready";

/** Sent every few seconds by a process whose event loop must turn; see Child. */
export const turningMessage = "turning";

/**
 * Reports to the supervisor that the event loop turns, for as long as it does: from when the thread
 * of workflows runs, that of the thread as well.
 */
export function sendHeartbeats(): void {
  const heartbeat = (): void => tellSupervisor(turningMessage);
  const own = setInterval(heartbeat, turningEveryMs).unref();
  watchThread(() => {
    clearInterval(own);
    heartbeat();
  });
}

/**
 * The life of a worker process: connects (for as long as it takes), takes tasks until it must stop
 * (because of SIGTERM, or because its supervisor has died), finishes what it has begun, and ends.
 * @param create makes the worker
 * @param going aborted when the process must stop; aborting it has the same effect as SIGTERM
 */
export async function runWorkerProcess(
  create: (connection: NativeConnection, namespace: string) => Promise<Worker>,
  going = new AbortController(),
): Promise<void> {
  outliveFullLog();
  await installRuntime();
  listenForLeave(going);
  const signal = going.signal;
  const connected = await connectPatiently(signal);
  if (connected === undefined) return;
  const worker = await create(connected.connection, connected.namespace);
  const running = worker.run();
  // A failed worker ends by itself.
  const shutDown = (): void => void (worker.getState() === "RUNNING" && worker.shutdown());
  if (signal.aborted) shutDown();
  else signal.addEventListener("abort", shutDown, { once: true });
  tellSupervisor(readyMessage);
  letYoungSpaceGrow();
  await running;
  await connected.connection.close();
}

/** Runs a process's main function and ends the process with it, whatever still keeps it alive. */
export function endWith(work: Promise<void>): void {
  work.then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${printable(String(error instanceof Error ? error.stack : error))}\n`);
      process.exit(1);
    },
  );
}

/** Aborted when this process must end: on SIGTERM, and when its supervisor has died. */
export function stopRequest(): AbortSignal {
  outliveFullLog();
  const going = new AbortController();
  listenForLeave(going);
  return going.signal;
}

/**
 * What this process prints goes to a log on the disk of PAWL_HOME: lines that do not fit are lost,
 * and the process continues.
 */
function outliveFullLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/**
 * Aborts on SIGTERM and when the supervisor's end of the channel closes. The supervisor handles
 * Ctrl-C.
 */
function listenForLeave(going: AbortController): void {
  const go = (): void => going.abort();
  process.on("SIGTERM", go);
  process.on("SIGINT", process.send ? () => {} : go);
  process.on("disconnect", go);
  // The supervisor may have ended before: the event does not come again.
  if (process.connected === false) go();
}

async function connectPatiently(signal: AbortSignal) {
  for (let waitMs = 100; !signal.aborted; waitMs = Math.min(waitMs * 2, 2000)) {
    try {
      return await connectWorker();
    } catch (error) {
      if (!(error instanceof PawlError && error.code === "SERVER_UNREACHABLE")) throw error;
      await pause(waitMs);
    }
  }
  return undefined;
}

/**
 * The SDK's messages as JSON lines on standard error; `PAWL_LOG_LEVEL` selects which (default:
 * warn).
 */
async function installRuntime(): Promise<void> {
  const { makeTelemetryFilterString, Runtime } = await import("@temporalio/worker");
  const logger = pino(
    { level: process.env["PAWL_LOG_LEVEL"] ?? "warn", timestamp: stdTimeFunctions.isoTime },
    process.stderr,
  );
  const write = (level: "trace" | "debug" | "info" | "warn" | "error") => (message: string, meta?: object) =>
    logger[level](meta ?? {}, message);
  Runtime.install({
    logger: {
      log: (level, message, meta) => write(level.toLowerCase() as "info")(message, meta),
      trace: write("trace"),
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
    },
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: "ERROR", other: "ERROR" }), forward: {} },
    },
    shutdownSignals: [],
  });
}
