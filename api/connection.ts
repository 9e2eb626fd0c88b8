import path from "node:path";
import { PawlError } from "../platform/errors.js";
import type { JsonObject } from "../platform/json.js";
import type { Pipeline } from "./compile.js";
import { openRun, type Run } from "./run.js";
import type { Server } from "./servers/server.js";

export interface ConnectOptions {
  /**
   * The directory that holds the store and the runs; default: `PAWL_HOME`, else `.pawl` in the
   * working directory.
   */
  home?: string;
}

/** A connection to a server, for `start`. An open connection keeps the process alive. */
export interface Connection {
  /** The server's host and port. */
  readonly address: string;
  /** A run, by its id. Its methods report if there is no such run. */
  run(id: string): Run;
  /** Closes the connection; a `result` that is waited for throws. */
  close(): Promise<void>;
  /** @internal */
  readonly server: Server;
  /** @internal */
  readonly home: string;
}

/**
 * Connects to the server that the commands use: the one that the environment names
 * (`TEMPORAL_ADDRESS`, or a profile of Temporal), else that of `pawl up` for this home directory.
 * It starts neither a server nor workers.
 *
 * @example
 * ```ts
 * const connection = await connect();
 * try {
 *   console.log(await connection.run("poems-k3x9ab").status());
 * } finally {
 *   await connection.close();
 * }
 * ```
 * @throws PawlError SERVER_UNREACHABLE if no server runs; SETUP_FAILED if the configuration is
 *   invalid; STORE_UNREADABLE if the home directory is another user's
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const [{ homeDirectory, refuseForeignHome }, { connectIfUp }] = await Promise.all([
    import("../store/home.js"),
    import("./servers/server.js"),
  ]);
  const home = path.resolve(options.home ?? homeDirectory());
  refuseForeignHome(home);
  const server = await connectIfUp(home);
  if (server === undefined) throw notUp(home);
  const closing = new AbortController();
  return {
    server,
    home,
    get address() {
      return server.address;
    },
    run: (id) => openRun({ server, home, closed: closing.signal }, id),
    close() {
      closing.abort(new PawlError("SERVER_UNREACHABLE", "the connection was closed", { where: server.address }));
      return server.close();
    },
  };
}

function notUp(home: string): PawlError {
  return new PawlError("SERVER_UNREACHABLE", "no server of this home directory is up", {
    where: home,
    expected: "a server that runs: connect starts none",
    next: "start one with `pawl up`, or set TEMPORAL_ADDRESS to the address of another one",
  });
}

export interface StartOptions {
  /** Values of the pipeline's inputs. */
  inputs?: JsonObject;
  /**
   * Root of the run's random numbers, an integer from 0 to 4294967295; default: the pipeline's
   * `seed`.
   */
  seed?: number;
  /** The run's id; default: the pipeline's name and six characters. */
  id?: string;
  /** The project directory as the workers see it; default: that of the pipeline. */
  project?: string;
  /** Which of the waiting runs a worker takes first: 1 is first, 3 usual, 5 last. */
  priority?: 1 | 2 | 3 | 4 | 5;
}

/**
 * Starts a run as `pawl run` does. It does not wait for the run, which needs this process no
 * longer.
 *
 * @example
 * ```ts
 * const run = await start(connection, pipeline, { inputs: { steps: 500 } });
 * const { outputs } = await run.result();
 * ```
 * @param pipeline what `compile` returned
 * @throws PipelineErrors with everything that is wrong with the inputs, and with the pipeline for
 *   these inputs
 * @throws PawlError NOT_ALLOWED if a run has the id; SERVER_UNREACHABLE
 */
export async function start(connection: Connection, pipeline: Pipeline, options: StartOptions = {}): Promise<Run> {
  const [{ compileRun, runRequest }, { startRun }, { newRunId }, { withServerErrors }] = await Promise.all([
    import("./definitions/compile-run.js"),
    import("./acting/start-run.js"),
    import("./acting/run-id.js"),
    import("./servers/grpc.js"),
  ]);
  const { inputs = {}, seed, project = pipeline.project } = options;
  const compiled = await compileRun({ ...pipeline, inputs, ...(seed !== undefined && { seed }) });
  const id = options.id ?? newRunId(compiled.plan.name);
  const request = runRequest({ ...compiled, project: path.resolve(project) });
  const { server, home } = connection;
  await withServerErrors(server, () => startRun(server, home, id, request, options.priority));
  return connection.run(id);
}
