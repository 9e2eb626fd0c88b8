import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { diskFullError, hasNoRoom, isDiskFull, mentionsFullDisk } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { searchAttributes } from "../../schemas/search-attributes.js";
import { temporalCliPath } from "../../platform/program/locations.js";
import type { ServerAddress } from "./connection.js";
import { startsWithinMs } from "../supervision/grace.js";
import { lastWords } from "../supervision/last-words.js";
import { parseStat, thisMachine, type ProcessIdentity } from "../../platform/processes/process-identity.js";
import { pause } from "../../platform/processes/pause.js";

export interface DevServerOptions {
  /** The server's port. Default: any free port. */
  port?: number;
  /** Whether to start the web UI, at an address that no web page can guess. Default: no. */
  withUi?: boolean;
  /**
   * The namespace that it has beside `default`; absent: a new name. Whoever connects to the server
   * uses it: a server of another directory that has the same port at another time does not have it.
   */
  namespace?: string;
  /** SQLite file that keeps everything; absent: kept in memory, lost when the process ends. */
  database?: string;
  /** File that the server's messages are appended to; absent: dropped. */
  logFile?: string;
  /**
   * File in which the server's process records its identity before it starts, so that it can be
   * ended if its supervisor dies; see `recordedServer`. Absent: not recorded.
   */
  processFile?: string;
  /** Further dynamic configuration. */
  settings?: Record<string, string | number | boolean>;
}

export interface DevServer {
  address: string;
  namespace: string;
  port: number;
  /**
   * Where its web UI listens. The UI answers whoever reaches it, under any name and with all
   * rights: only a proxy that checks requests may lead there, and no page and no person is given
   * this address.
   */
  hiddenUi?: string;
  pid: number;
  /** Settled when the process has ended. */
  ended: Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Kills it, as a crash would. */
  kill(): Promise<void>;
}

/**
 * Settings that replace slow defaults. By default the server looks for new tasks at most 20 times a
 * second, so that every activity waits 50 ms for its start and 50 ms for its end; and it spreads
 * each queue over four partitions, which costs detours when few workers poll. (docs/durability.md
 * has the measurements.) If the process for workflows dies repeatedly at the same task, the server
 * waits longer each time before it gives the task to the next process, up to ten minutes.
 */
export const quick = {
  "history.transferProcessorMaxPollRPS": 1000,
  "history.timerProcessorMaxPollRPS": 1000,
  "matching.numTaskqueueReadPartitions": 1,
  "matching.numTaskqueueWritePartitions": 1,
  "history.workflowTaskRetryMaxInterval": "1s",
};

/**
 * The server's HTTP API, which cannot be turned off, answers no host at all: else any page could
 * post to it, and a page whose name is rebound to this machine could read from it. Pawl speaks
 * gRPC, which no page can.
 */
const closed = { "frontend.httpAllowedHosts": [] };

/** A name that no other server has. */
const newNamespace = (): string => `pawl-${randomBytes(6).toString("hex")}`;

type Launched = DevServerOptions & Pick<DevServer, "namespace">;

/** Maximum number of launches of a server that ends by itself. */
const launches = 3;

/**
 * Starts Temporal's development server and waits until it answers. Between the choice of a port and
 * the server's use of it another program may take it (the server, too, only looks first, and picks
 * further ports for its own parts): a server that ends by itself is launched again, on other ports
 * if none were given.
 * @throws PawlError PORT_TAKEN, SETUP_FAILED (no CLI), SERVER_UNREACHABLE (it ends each time, does
 *   not answer, or the system refuses to start it), DISK_FULL
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const logged = logSize(options);
  const namespace = options.namespace ?? newNamespace();
  for (let launched = 1; ; launched++) {
    const port = await freePort(options.port);
    const ui = options.withUi ? await hiddenPlace() : undefined;
    const child = launchOn(port, ui, { ...options, namespace });
    const ended = processEnd(child);
    const server = { address: `127.0.0.1:${port}`, namespace };
    if (await answers(server, child)) return running(child, ended, { ...server, port }, ui);
    if (child.pid === undefined) throw refused(child, await ended);
    const silent = !hasEnded(child);
    if (silent || launched === launches) {
      child.kill("SIGKILL");
      throw (
        databaseDamage(options, logged) ??
        doesNotStart(
          port,
          silent ? `no answer for ${startsWithinMs / 1000} s` : `it ended with code ${child.exitCode}`,
          options,
        )
      );
    }
  }
}

/** Settles when the process has ended; with an error if the system refused to start it. */
function processEnd(child: ChildProcess): Promise<Error | undefined> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve(undefined));
    // Also emitted when a signal does not reach the process; `exit` reports its end in any case.
    child.on("error", (error) => child.pid === undefined && resolve(error));
  });
}

function running(
  child: ChildProcess,
  end: Promise<unknown>,
  server: Pick<DevServer, "address" | "namespace" | "port">,
  ui: Place | undefined,
): DevServer {
  const ended = end.then(() => undefined);
  const finish = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    ...server,
    ...(ui && { hiddenUi: `http://${ui.host}:${ui.port}` }),
    pid: child.pid!,
    ended,
    stop: () => finish("SIGTERM"),
    kill: () => finish("SIGKILL"),
  };
}

/** @throws PawlError DISK_FULL */
function launchOn(port: number, ui: Place | undefined, options: Launched): ChildProcess {
  try {
    return launch(port, ui, options);
  } catch (error) {
    throw isDiskFull(error) ? diskFullError(error, writtenDirectories(options)) : error;
  }
}

function launch(port: number, ui: Place | undefined, options: Launched): ChildProcess {
  const settings = Object.entries({ ...quick, ...options.settings, ...closed });
  const argumentList = [
    ...["server", "start-dev", "--ip", "127.0.0.1", "--port", String(port), "--log-level", "warn"],
    ...["--namespace", options.namespace],
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ["--search-attribute", `${name}=${type}`]),
    ...(ui === undefined ? ["--headless"] : ["--ui-ip", ui.host, "--ui-port", String(ui.port)]),
    ...(options.database === undefined ? [] : databaseArguments(options.database)),
    ...settings.flatMap(([name, value]) => ["--dynamic-config-value", `${name}=${JSON.stringify(value)}`]),
  ];
  for (const file of [options.database, options.logFile])
    if (file !== undefined) mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const [program, ...rest] = noted([temporalCliPath(), ...argumentList], options.processFile);
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, "a");
  try {
    return spawn(program!, rest, { stdio: ["ignore", log ?? "ignore", log ?? "ignore"] });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/**
 * A command that first writes the machine and the process's line of the process table into a file,
 * and then becomes the program: there is no moment at which the program runs and the file does not
 * say so.
 */
function noted(command: readonly string[], file: string | undefined): readonly string[] {
  if (file === undefined) return command;
  const note = '{ echo "$2"; cat "/proc/$$/stat"; } > "$1" && shift 2 && exec "$@"';
  return ["/bin/sh", "-c", note, "sh", path.resolve(file), thisMachine(), ...command];
}

/** Directories that the server writes to. */
function writtenDirectories({ database, logFile, processFile }: DevServerOptions): string[] {
  const files = [database, logFile, processFile].filter((file) => file !== undefined);
  return [...new Set(files.map((file) => path.dirname(path.resolve(file))))];
}

/** The process that such a file describes; undefined if there is none. */
export function recordedServer(file: string): ProcessIdentity | undefined {
  try {
    const [machine = "", stat = ""] = readFileSync(file, "utf8").split("\n");
    const found = parseStat(stat);
    return found && { pid: found.pid, started: found.entry.started, machine };
  } catch {
    return undefined;
  }
}

/**
 * The default, a rollback journal synced at every commit, makes each step of a run wait for the
 * disk several times. With a write-ahead log a killed server loses nothing; a power cut may cost
 * the last moments of history but leaves it consistent: work that it no longer knows is repeated,
 * and found in the store.
 */
const pragmas = ["journal_mode=wal", "synchronous=1"];

function databaseArguments(file: string): string[] {
  return ["--db-filename", path.resolve(file), ...pragmas.flatMap((pragma) => ["--sqlite-pragma", pragma])];
}

/**
 * How long each request may take: at first, so that a connection that got stuck is soon given up,
 * and at most, since on an overloaded machine a server that has started needs seconds for each
 * answer.
 */
const [firstAnswerMs, slowestAnswerMs] = [1000, 8000];

/**
 * Waits until the server answers requests about its namespace, not only connections. False: it has
 * ended, was never started, or does not answer for three minutes. Another server on the same port
 * does not have the namespace.
 */
async function answers({ address, namespace }: ServerAddress, child: ChildProcess): Promise<boolean> {
  if (child.pid === undefined) return false;
  const { Connection, isGrpcDeadlineError } = await import("./temporal-client.js");
  const patience = AbortSignal.timeout(startsWithinMs);
  let answerMs = firstAnswerMs;
  while (!hasEnded(child) && !patience.aborted) {
    // Without the client's own retries, which would make one slow request of many that are refused
    // immediately.
    const connection = Connection.lazy({ address, interceptors: [] });
    try {
      await connection.withDeadline(Date.now() + answerMs, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } catch (error) {
      // The server is not up yet, or slow.
      if (isGrpcDeadlineError(error)) answerMs = Math.min(answerMs * 2, slowestAnswerMs);
    } finally {
      await connection.close();
    }
    await pause(50);
  }
  return false;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function logSize({ logFile }: DevServerOptions): number {
  return logFile === undefined ? 0 : (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0);
}

/** How SQLite says that its file is damaged, in the server's log. */
const damage = /^.*(malformed|file is not a database|SQLITE_CORRUPT|SQLITE_NOTADB).*$/im;

/** The error for a damaged database, if that is why the server does not start. */
function databaseDamage({ database, logFile }: DevServerOptions, from: number): PawlError | undefined {
  if (database === undefined || logFile === undefined) return undefined;
  const [line] = damage.exec(readFileSync(logFile).subarray(from).toString()) ?? [];
  if (line === undefined) return undefined;
  return new PawlError("SERVER_UNREACHABLE", "the database of the embedded server is damaged", {
    where: database,
    got: line.trim().slice(0, 300),
    next: `mkdir ${database}.damaged && mv ${database} ${database}-* ${database}.damaged/, then \`pawl list\` and \`pawl resume RUN\`: the store has every run's record`,
  });
}

function refused(child: ChildProcess, error: Error | undefined): PawlError {
  return new PawlError(
    "SERVER_UNREACHABLE",
    "the system refuses to start a process for the embedded Temporal server",
    {
      where: child.spawnfile,
      got: error?.message ?? "no process",
      next: "run fewer processes at the same time on this machine, or run `pawl doctor`",
    },
    { cause: error },
  );
}

function doesNotStart(port: number, got: string, options: DevServerOptions): PawlError {
  const { logFile } = options;
  const directories = writtenDirectories(options);
  // On a full disk the server cannot log the reason if its log is on the same disk.
  if (hasNoRoom(directories) || (logFile !== undefined && mentionsFullDisk(lastWords(logFile))))
    return diskFullError(undefined, directories);
  const next = logFile === undefined ? "run `pawl doctor`" : `read ${logFile}`;
  return new PawlError("SERVER_UNREACHABLE", "the embedded Temporal server does not start", {
    where: `127.0.0.1:${port}`,
    got,
    next,
  });
}

/**
 * Ports outside the ephemeral range: the system assigns ports from 32768 on to connections and to
 * servers that take any port, so one of those could be taken between its choice and its use.
 * Well-known ports are below.
 */
const ownPorts = { from: 20_000, to: 32_767 };

/** The address at which Pawl listens for this machine's programs. */
const usualHost = "127.0.0.1";

/**
 * The given port if nothing listens on it, or any free one.
 * @throws PawlError PORT_TAKEN
 */
export async function freePort(wanted = 0, host = usualHost): Promise<number> {
  if (wanted !== 0) return listenOnce(wanted, host);
  for (let tries = 0; tries < 100; tries++)
    try {
      return await listenOnce(randomInt(ownPorts.from, ownPorts.to + 1), host);
    } catch {
      // Another one.
    }
  return listenOnce(0, host);
}

interface Place {
  host: string;
  port: number;
}

/**
 * A random port of a random address of this machine, one of 2^37 places: a page, which can point a
 * name of its own to any address and try thousands of places in a second, does not find it.
 */
async function hiddenPlace(): Promise<Place> {
  const host = ["127", ...[1, 0, 1].map((least) => randomInt(least, 255))].join(".");
  return { host, port: await freePort(0, host) };
}

/** Listens on a port for a moment; returns its number. @throws PawlError PORT_TAKEN */
async function listenOnce(port: number, host: string): Promise<number> {
  const probe = createServer();
  try {
    probe.listen({ port, host, exclusive: true });
    await once(probe, "listening");
    return (probe.address() as { port: number }).port;
  } catch (cause) {
    const facts = { where: `${host}:${port}`, next: "stop the program that uses it, or choose another port" };
    throw new PawlError("PORT_TAKEN", `port ${port} is taken`, facts, { cause });
  } finally {
    probe.close();
  }
}
