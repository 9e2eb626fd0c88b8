import { existsSync } from "node:fs";
import { PawlError } from "../../platform/errors.js";
import { findRecord } from "../../store/records/runs.js";
import { runNotFound } from "./find-run.js";
import { readRunPatiently } from "./read-run.js";
import type { RunView } from "./run-view.js";
import type { Server } from "../servers/server.js";
import { databaseFile } from "../servers/up-record.js";

/**
 * A run from the server if it is up and knows the run, else from the store's record.
 * @param server undefined if it is not up
 * @param toShow as for `readRun`
 * @returns the run, and whether the server knows it
 * @throws PawlError RUN_NOT_FOUND; SERVER_UNREACHABLE if only the server could know it, and is not
 *   up
 */
export async function findRun(
  server: Server | undefined,
  home: string,
  runId: string,
  toShow = false,
): Promise<{ view: RunView; isOnServer: boolean }> {
  try {
    if (server === undefined) throw runNotFound(runId, []);
    return { view: await readRunPatiently(server.client, home, runId, toShow), isOnServer: true };
  } catch (error) {
    if (!(error instanceof PawlError) || error.code !== "RUN_NOT_FOUND") throw error;
    const reason =
      server === undefined ? "the server is not up (pawl up)" : "the server does not know this run (anymore)";
    const view = await recordedView(home, runId, `${reason}: this is the last record`);
    if (view === undefined) throw server === undefined && hasDatabase(home) ? unknownWithoutServer(home, runId) : error;
    return { view, isOnServer: false };
  }
}

/**
 * Whether this home directory has had an embedded server, which may know runs that the store does
 * not.
 */
const hasDatabase = (home: string): boolean => existsSync(databaseFile(home));

/** A server accepts a run before a worker records it. */
function unknownWithoutServer(home: string, runId: string): PawlError {
  return new PawlError("SERVER_UNREACHABLE", `it is not known whether run ${runId} exists: the server is not up`, {
    where: home,
    expected: "a record of the run in the store, or a server that knows it",
    next: `start the server (pawl up), then: pawl status ${runId}`,
  });
}

/**
 * A run from the store's record; undefined if there is none.
 * @param note why the view is not from the server
 */
export async function recordedView(home: string, runId: string, note: string): Promise<RunView | undefined> {
  const record = await findRecord(home, runId);
  if (record === undefined) return undefined;
  const { startedAt, endedAt, ...state } = record;
  const ended = endedAt === undefined ? {} : { endedAtMs: Date.parse(endedAt) };
  const failure = state.failure && { failure: state.failure };
  return {
    runId,
    state,
    progress: {},
    queued: new Set(),
    startedAtMs: Date.parse(startedAt),
    note,
    ...ended,
    ...failure,
  };
}
