import { PawlError } from "../../platform/errors.js";
import { startDevServer, type DevServer } from "../../worker/dev-server.js";
import type { Supervisor } from "../../worker/supervisor.js";
import { buildDigest } from "../../platform/build.js";
import { claim, holder } from "./lock.js";
import { choosePort, usualPorts } from "./ports.js";
import { identify, lives } from "../../platform/process-identity.js";
import { endProcess } from "./end-process.js";
import { databaseFile, readUp, upLogFile, writeUp, type UpRecord } from "./up-record.js";

export interface UpOptions {
  home: string;
  /** Fixed by the user; absent: the one used before, or a free one. */
  port?: number;
  uiPort?: number;
  slots: number;
  gpus: number;
  /** Typed by someone, and not started by another command. */
  byHand: boolean;
  /** Told of what happens, in words. */
  onEvent: (message: string) => void;
  /** Aborted when all is to end. */
  signal: AbortSignal;
}

/**
 * Runs the embedded server and a supervised worker until `signal` is aborted. A server that dies is started anew on
 * the same ports and the same database: runs go on where they were.
 * @returns false, and does nothing, when another process does so for this home
 * @throws PawlError PORT_TAKEN, SETUP_FAILED
 */
export async function runUp(options: UpOptions, onReady: (record: UpRecord) => void): Promise<boolean> {
  const release = await claim(options.home);
  if (release === undefined) return false;
  try {
    const before = await readUp(options.home);
    // A server whose `pawl up` was killed still holds the database and the ports.
    if (before && lives(before.server)) await endProcess(before.server);
    const { server, lasting } = await startSomewhere(options, before);
    await serve(options, server, lasting, onReady);
    return true;
  } finally {
    await release();
  }
}

/** What stays the same when the server is started anew. */
type Lasting = Pick<UpRecord, "port" | "uiPort" | "build" | "byHand">;

/** Starts the server on the ports to be used; chooses again where another program takes one between choice and start. */
async function startSomewhere(
  options: UpOptions,
  before: UpRecord | undefined,
): Promise<{ server: DevServer; lasting: Lasting }> {
  for (let choices = 1; ; choices++) {
    const port = await choosePort("--port", options.port, before?.port, usualPorts.port);
    const uiPort = await choosePort("--ui-port", options.uiPort, before?.uiPort, usualPorts.uiPort);
    const lasting = { port, uiPort, build: buildDigest(), byHand: options.byHand };
    try {
      return { server: await start(options.home, lasting), lasting };
    } catch (error) {
      if (choices === 3 || !(error instanceof PawlError) || error.code !== "PORT_TAKEN") throw error;
    }
  }
}

async function serve(
  options: UpOptions,
  first: DevServer,
  lasting: Lasting,
  onReady: (record: UpRecord) => void,
): Promise<void> {
  const { home, signal } = options;
  let server = first;
  let workers: Supervisor | undefined;
  try {
    const { superviseWorkers } = await import("../../worker/supervisor.js");
    workers = await superviseWorkers({
      slots: options.slots,
      gpus: options.gpus,
      address: server.address,
      home,
      onEvent: (event) => options.onEvent(`${event.name} (pid ${event.pid}): ${event.what}`),
    });
    onReady((await readUp(home))!);
    while (!(await endedOrAborted(server, signal))) {
      options.onEvent("the server ended unasked; starting it again");
      server = await start(home, lasting);
    }
  } finally {
    await workers?.stop();
    await server.stop();
  }
}

async function start(home: string, lasting: Lasting): Promise<DevServer> {
  const { port, uiPort } = lasting;
  const server = await startDevServer({ port, uiPort, database: databaseFile(home), logFile: upLogFile(home) });
  await writeUp(home, {
    up: identify(process.pid),
    server: identify(server.pid),
    address: server.address,
    uiAddress: server.uiAddress ?? "",
    ...lasting,
  });
  return server;
}

/** False: the server's process ended. True: it was asked to. */
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

/** What to say to whoever wants a second one. */
export async function alreadyUp(home: string): Promise<PawlError> {
  const record = await readUp(home);
  return new PawlError("NOT_ALLOWED", "the embedded server of this home is up already", {
    where: home,
    ...(record && { got: `${record.address}, UI ${record.uiAddress}` }),
    next: "use it as it is, or end it with `pawl up --stop`",
  });
}

/** Ends the embedded server of a home and its worker. Returns false when none ran. */
export async function stopUp(home: string): Promise<boolean> {
  const process = await holder(home);
  const record = await readUp(home);
  if (process) await endProcess(process, 90_000);
  const orphan = record && lives(record.server) ? record.server : undefined;
  // Left over by a `pawl up` that was killed.
  if (orphan) await endProcess(orphan);
  return process !== undefined || orphan !== undefined;
}
