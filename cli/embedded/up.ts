import { setTimeout as sleep } from "node:timers/promises";
import { PawlError, type ErrorFacts } from "../../platform/errors.js";
import { recordedServer, startDevServer, type DevServer } from "../../worker/server/dev-server.js";
import { stopsWithinMs } from "../../worker/supervision/grace.js";
import { rotateEveryMs, rotateLog } from "../../worker/supervision/log-file.js";
import { uiVariable } from "../../worker/server/ui-address.js";
import type { Supervisor } from "../../worker/supervision/supervisor.js";
import { buildDigest } from "../../platform/program/build.js";
import { asServerError } from "../../api/servers/grpc.js";
import { environmentPrints } from "./environment.js";
import { claim, holder } from "./lock.js";
import { storeId } from "../../store/ownership/identity.js";
import { choosePort, usualPorts } from "./ports.js";
import { startUiProxy, type UiProxy } from "./ui-proxy.js";
import { identify, lives } from "../../platform/processes/process-identity.js";
import { endProcess } from "./end-process.js";
import {
  databaseFile,
  readUp,
  serverProcessFile,
  upLogFile,
  writeUp,
  type UpRecord,
} from "../../api/servers/up-record.js";

/** How long `pawl up` may take to end: its workers, which save checkpoints, and then the server. */
const patienceMs = stopsWithinMs + 30_000;

export interface UpOptions {
  home: string;
  /** Fixed by the user; absent: the one used before, or a free one. */
  port?: number;
  uiPort?: number;
  processes: number;
  gpus: number;
  /** Whether a person typed it, rather than another command starting it. */
  byHand: boolean;
  /** Called with a message for each event. */
  onEvent: (message: string) => void;
  /** Abort it to end everything. */
  signal: AbortSignal;
}

/**
 * Runs the embedded server and a supervised worker until `signal` is aborted. A server that dies is
 * restarted on the same ports with the same database, and runs continue.
 * @returns false, without doing anything, if another process already does so for this home
 *   directory
 * @throws PawlError PORT_TAKEN, SETUP_FAILED
 */
export async function runUp(options: UpOptions, onReady: (record: UpRecord) => void): Promise<boolean> {
  const { home } = options;
  const claimed = await claim(home);
  if (claimed === undefined) return false;
  const signal = AbortSignal.any([options.signal, claimed.lost]);
  const logs = setInterval(() => rotateLog(upLogFile(home)), rotateEveryMs);
  try {
    // A server whose `pawl up` was killed still holds the database and the ports.
    await endOrphan(home);
    const { server, lasting, ui } = await startSomewhere(options, await readUp(home));
    try {
      await serve({ ...options, signal }, server, lasting, ui, onReady);
    } finally {
      await ui.close();
    }
    if (claimed.lost.aborted && !options.signal.aborted) throw takenOver(home);
    return true;
  } finally {
    clearInterval(logs);
    await claimed.release();
  }
}

/** Ends a server whose `pawl up` has died, if there is one. */
async function endOrphan(home: string): Promise<boolean> {
  const orphan = recordedServer(serverProcessFile(home));
  if (orphan === undefined || !lives(orphan)) return false;
  await endProcess(orphan);
  return true;
}

function takenOver(home: string): PawlError {
  return new PawlError(
    "NOT_ALLOWED",
    "another machine has taken over this home directory: this process was suspended for too long",
    {
      where: home,
      next: "nothing: runs continue there",
    },
  );
}

/** Settings that stay the same when the server is restarted. */
type Lasting = Pick<UpRecord, "namespace" | "port" | "uiPort" | "build" | "byHand" | "environment">;

/**
 * Chooses ports and starts the server on them; chooses again if another program takes one in
 * between.
 */
async function startSomewhere(
  options: UpOptions,
  before: UpRecord | undefined,
): Promise<{ server: DevServer; lasting: Lasting; ui: UiProxy }> {
  const namespace = `pawl-${await storeId(options.home)}`;
  for (let choices = 1; ; choices++) {
    const port = await choosePort("--port", options.port, before?.port, usualPorts.port);
    const uiPort = await choosePort("--ui-port", options.uiPort, before?.uiPort, usualPorts.uiPort);
    const environment = environmentPrints(options.home, process.env);
    const lasting = { namespace, port, uiPort, build: buildDigest(), byHand: options.byHand, environment };
    let ui: UiProxy | undefined;
    try {
      ui = await startUiProxy(uiPort);
      return { server: await start(options.home, lasting, ui), lasting, ui };
    } catch (error) {
      await ui?.close();
      if (choices === 3 || !(error instanceof PawlError) || error.code !== "PORT_TAKEN") throw error;
    }
  }
}

async function serve(
  options: UpOptions,
  first: DevServer,
  lasting: Lasting,
  ui: UiProxy,
  onReady: (record: UpRecord) => void,
): Promise<void> {
  const { home, signal } = options;
  let server = first;
  let workers: Supervisor | undefined;
  try {
    const { superviseWorkers } = await import("../../worker/supervision/supervisor.js");
    workers = await superviseWorkers({
      processes: options.processes,
      gpus: options.gpus,
      server,
      home,
      environment: { [uiVariable]: ui.address },
      onEvent: (event) => options.onEvent(`${event.name} (pid ${event.pid}): ${event.what}`),
    }).catch((error: unknown) => {
      throw asServerError(error, { address: server.address, embedded: true });
    });
    onReady((await readUp(home))!);
    while (!(await endedOrAborted(server, signal))) {
      options.onEvent("the server ended unexpectedly; restarting it");
      server = (await startAgain(options, lasting, ui)) ?? server;
    }
  } finally {
    await workers?.stop();
    await server.stop();
  }
}

/** Longest wait between two attempts to start the server again, ms. */
const maxWaitMs = 60_000;

/**
 * Restarts the server, however often that fails (a full disk, a port that another program has
 * taken, a slow recovery). Reports each failure. Undefined when `signal` is aborted.
 */
async function startAgain(options: UpOptions, lasting: Lasting, ui: UiProxy): Promise<DevServer | undefined> {
  const { home, signal, onEvent } = options;
  for (let waitMs = 1000; !signal.aborted; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
    try {
      return await start(home, lasting, ui);
    } catch (error) {
      const { message, facts } =
        error instanceof PawlError ? error : { message: String(error), facts: {} as ErrorFacts };
      const next = facts.next === undefined ? "" : ` (next: ${facts.next})`;
      onEvent(`the server does not start: ${message}${next}; the next attempt follows in ${waitMs / 1000} s`);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/**
 * Starts the server and records it. A server that cannot be recorded is ended: no command would
 * find it, and it would hold the ports.
 */
async function start(home: string, lasting: Lasting, ui: UiProxy): Promise<DevServer> {
  const { namespace, port } = lasting;
  const files = { database: databaseFile(home), logFile: upLogFile(home), processFile: serverProcessFile(home) };
  const server = await startDevServer({ namespace, port, withUi: true, ...files });
  try {
    ui.leadTo(server.hiddenUi!);
    await writeUp(home, {
      up: identify(process.pid),
      server: identify(server.pid),
      address: server.address,
      uiAddress: ui.address,
      ...lasting,
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Returns false if the server's process ended, true if `signal` was aborted. */
function endedOrAborted(server: DevServer, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const abort = (): void => resolve(true);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    void server.ended.then(() => {
      signal.removeEventListener("abort", abort);
      resolve(signal.aborted);
    });
  });
}

/** The error for a second `pawl up` in the same home directory. */
export async function alreadyUp(home: string): Promise<PawlError> {
  const record = await readUp(home);
  return new PawlError("NOT_ALLOWED", "the embedded server of this home directory is already running", {
    where: home,
    ...(record && { got: `${record.address}, UI ${record.uiAddress}` }),
    next: "use it, or end it with `pawl up --stop`",
  });
}

/** Ends the embedded server of a home directory and its worker. Returns false when none ran. */
export async function stopUp(home: string): Promise<boolean> {
  const process = await holder(home);
  if (process) await endProcess(process, patienceMs);
  return (await endOrphan(home)) || process !== undefined;
}
