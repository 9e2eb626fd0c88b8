import { PawlError, type ErrorCode, type ErrorFacts } from "../platform/errors.js";
import type { Json } from "../platform/json.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import type { RunStatus, StageState, StageStatus } from "../schemas/run.js";
import type { RunView } from "./reading/run-view.js";
import type { Server } from "./servers/server.js";
import type { Progress } from "../schemas/stage-result.js";

/** How one stage of a run is. */
export interface StageReport {
  readonly id: string;
  readonly status: StageStatus;
  /** Attempts begun. */
  readonly attempts: number;
  /** Its artifacts by output name. */
  readonly outputs: Readonly<Record<string, ArtifactRef>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** What its newest attempt reported last, while it runs. */
  readonly progress?: Progress;
  /** Why its last attempt failed. */
  readonly failure?: { readonly code: ErrorCode; readonly message: string; readonly facts: ErrorFacts };
  /** Why it was skipped or canceled, or is parked or queued. */
  readonly reason?: string;
}

/** How a run is, or how it ended. */
export interface RunReport {
  readonly id: string;
  /**
   * `loading`: no worker has compiled the pipeline yet. `parked` and `waiting`: a stage waits for
   * people.
   */
  readonly status: RunStatus;
  readonly stages: readonly StageReport[];
  /** The values of the pipeline's `outputs`, once the run has succeeded. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Why the run failed, if no stage says so. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** Why this may be out of date: no worker answers, or the server no longer knows the run. */
  readonly note?: string;
}

/** A run, by its id. */
export interface Run {
  readonly id: string;
  /**
   * The present state, as `pawl status` prints it.
   * @throws PawlError RUN_NOT_FOUND, SERVER_UNREACHABLE
   */
  status(): Promise<RunReport>;
  /**
   * Waits until the run has ended, however long its workers and its server are away.
   * @param options.signal ends the waiting, and not the run
   * @returns how the run ended, if it succeeded
   * @throws PawlError with the failure of the stage that made the run fail, or RUN_CANCELED;
   *   RUN_NOT_FOUND
   * @throws the signal's reason
   */
  result(options?: { signal?: AbortSignal }): Promise<RunReport>;
  /**
   * Asks the run to stop: its stages save a checkpoint first. `result` reports when it has ended.
   * @throws PawlError NOT_ALLOWED if the run has ended; RUN_NOT_FOUND, SERVER_UNREACHABLE
   */
  cancel(): Promise<void>;
}

/**
 * Where runs are looked up.
 * @internal
 */
interface Installation {
  server: Server;
  home: string;
  /** Aborted when the connection is closed: the server then does not answer any more. */
  closed: AbortSignal;
}

/**
 * The run with this id.
 * @internal
 */
export function openRun(installation: Installation, id: string): Run {
  const { server, home } = installation;
  const act = async <T>(work: () => Promise<T>): Promise<T> =>
    (await import("./servers/grpc.js")).withServerErrors(server, work);
  return {
    id,
    status: () =>
      act(async () => toReport((await (await import("./reading/known-run.js")).findRun(server, home, id)).view)),
    result: ({ signal } = {}) => act(() => waitForEnd(installation, id, signal)),
    cancel: () => act(async () => (await import("./acting/cancel-run.js")).cancelRun(server.client, home, id)),
  };
}

async function waitForEnd(
  { server, home, closed }: Installation,
  runId: string,
  given?: AbortSignal,
): Promise<RunReport> {
  const [{ watchRun }, { failedStage }] = await Promise.all([
    import("./reading/watch-run.js"),
    import("./reading/run-view.js"),
  ]);
  const signal = given === undefined ? closed : AbortSignal.any([closed, given]);
  const view = await watchRun({
    client: () => server.client,
    home,
    runId,
    interactive: false,
    signal,
    onAway: async () => {
      // A server that has just started may not answer yet: the next look tries again.
      await server.followMove(home).catch(() => undefined);
      return "the server does not answer";
    },
    onView: () => undefined,
  });
  signal.throwIfAborted();
  const report = toReport(view!);
  if (report.status === "succeeded") return report;
  throw report.status === "cancelled" ? canceled(runId) : failed(report, failedStage(view!));
}

function canceled(runId: string): PawlError {
  return new PawlError("RUN_CANCELED", `run ${runId} was canceled`, { next: `pawl resume ${runId}` });
}

function failed({ id, failure }: RunReport, stage: StageState | undefined): PawlError {
  const next = `pawl status ${id}`;
  if (stage?.failure === undefined)
    return new PawlError((failure?.code ?? "INTERNAL") as ErrorCode, `run ${id} failed: ${failure?.message}`, { next });
  const { code, message, facts } = stage.failure;
  return new PawlError(code, `run ${id} failed: stages.${stage.id}: ${message}`, { next, ...facts });
}

/** What of a run's view is public. */
function toReport({ runId, state, progress, failure, note }: RunView): RunReport {
  const { status, outputs } = state;
  const stages = state.stages.map((stage) => stageReport(stage, progress[stage.id]));
  return { id: runId, status, stages, outputs, ...(failure && { failure }), ...(note !== undefined && { note }) };
}

function stageReport(stage: StageState, progress: Progress | undefined): StageReport {
  const { id, status, attempts, outputs, metrics, failure, reason } = stage;
  return {
    ...{ id, status, attempts, outputs, metrics },
    ...(progress && { progress }),
    ...(failure && { failure: { code: failure.code, message: failure.message, facts: failure.facts } }),
    ...(reason !== undefined && { reason }),
  };
}
