import { Context } from "@temporalio/activity";
import { withLoopHelpers } from "../../activities/checkpointed-loop.js";
import { programGraceMs } from "../../activities/command/program.js";
import type { StageContext } from "../../activities/stage.js";
import { digestPhase, type StageOutcome, type StageRequest } from "../../schemas/run.js";
import { openArtifact, putArtifact } from "../../store/artifacts/artifacts.js";
import { openCheckpoints, type Checkpoints } from "../../store/checkpoints.js";
import { appendLog } from "../../store/history/log.js";
import type { MetricsHistory } from "../../store/history/metrics.js";
import { thisHardware } from "./hardware.js";
import { attemptLease, type AttemptLease } from "./lease.js";
import type { StageWorker } from "./stage-table.js";
import { identify } from "../../platform/processes/process-identity.js";
import { preemption } from "./preemption.js";
import { ServerLink } from "./server-link.js";
import { after, timedOut, timeLimit } from "./time-limit.js";
import { cancelText, givenUp } from "./stop-reasons.js";
import type { Progress } from "../../schemas/stage-result.js";

/**
 * Time between two heartbeats, ms, while the event loop turns; the SDK sends even fewer. A shorter
 * attempt sends none.
 */
const heartbeatEveryMs = 250;

/** A running attempt at a stage. */
export interface Attempt {
  log: StageContext["log"];
  /** Aborted when the attempt must stop. */
  signal: AbortSignal;
  /**
   * Records the attempt as the task of this worker process, and takes the stage over from the
   * previous attempt.
   */
  begin(): void;
  /** What the stage is given, once its key and its project directory are known. */
  context(key: string, workingDirectory: string, publication: Publication): StageContext;
  /** @throws PawlError PREEMPTED if the attempt is no longer the current one */
  confirmLease(): Promise<void>;
  progress(progress: Progress): void;
  /** The last progress reported, with the step of the newest checkpoint. */
  reached(): Progress | undefined;
  /** Throws when the attempt must stop. */
  throwIfStopped(): void;
  /** Returns why the attempt was canceled, for its log. */
  cancelReason(): string;
  close(): void;
  /** Sends the attempt's outcome to the server; see ServerLink. */
  deliver(outcome: Promise<StageOutcome>): Promise<StageOutcome>;
}

/** What a stage needs to publish its results. */
export interface Publication {
  /** Throws if the attempt may no longer save, export or record. */
  confirm: () => Promise<void>;
  metrics: MetricsHistory;
}

/** The attempt of the current activity. */
export function openAttempt(worker: StageWorker, request: StageRequest): Attempt {
  const { home } = worker;
  const log: StageContext["log"] = (message, data) => {
    const entry = { time: new Date().toISOString(), stage: request.stage, attempt: request.attempt, message };
    appendLog(home, request.runId, data === undefined ? entry : { ...entry, data });
  };
  const stop = stopSignal(worker);
  const lease = attemptLease(home, request);
  const report = reporter(worker, request, log, { lease, link: stop.link });
  return {
    log,
    signal: stop.signal,
    begin() {
      lease.take();
      report.begin();
    },
    confirmLease: () => lease.confirm(),
    context: (key, workingDirectory, { confirm, metrics }) =>
      withLoopHelpers<Omit<StageContext, "yield" | "checkpointEvery">>({
        runId: request.runId,
        stage: request.stage,
        key,
        seed: request.seed,
        attempt: request.attempt,
        secrets: request.secrets ?? [],
        ...(request.given && { given: request.given }),
        ...(request.approval && { approval: request.approval }),
        ...(request.called && { called: request.called }),
        workingDirectory,
        home,
        signal: stop.signal,
        graceMs: stop.graceMs,
        confirmLease: confirm,
        checkpoints: published(
          createCheckpoints(worker, request, key, { log, confirm }),
          log,
          metrics,
          (step, savedAtMs) => report.checkpointed(step, savedAtMs),
        ),
        checkpointEveryMs: request.checkpoint.everyMs,
        checkpointsToKeep: request.checkpoint.keep,
        progress: (progress) => report.progress(progress),
        recordMetrics: (step, values) => metrics.record(step, values),
        log,
        putArtifact: (kind, write) => putArtifact(home, kind, write),
        openArtifact: (ref) => openArtifact(home, ref),
      }),
    progress: (progress) => report.progress(progress),
    reached: report.reached,
    throwIfStopped: () => stop.signal.throwIfAborted(),
    cancelReason() {
      const { cancellationDetails, info } = Context.current();
      return cancelText(cancellationDetails, info.isLocal);
    },
    close() {
      stop.close();
      report.end();
    },
    deliver: (outcome) => stop.link.deliver(outcome),
  };
}

function createCheckpoints(
  worker: StageWorker,
  request: StageRequest,
  key: string,
  { log, confirm }: Pick<Publication, "confirm"> & Pick<StageContext, "log">,
): Checkpoints {
  return openCheckpoints(worker.home, key, {
    keep: request.checkpoint.keep,
    confirm,
    hardware: thisHardware(worker.gpu),
    onCorrupt: ({ step, reason }) => log(`the checkpoint of step ${step} is damaged and was skipped: ${reason}`),
    onOtherHardware: ({ step, before, now }) =>
      log(`bits may differ: the checkpoint of step ${step} was made on different hardware`, { before, now }),
  });
}

/**
 * Aborted when the run is canceled, the server has given up the attempt, its time is nearly up, or
 * the process must end. `graceMs`: how long a program may take from now on if it is stopped now,
 * ms.
 */
function stopSignal(worker: StageWorker): {
  signal: AbortSignal;
  link: ServerLink;
  graceMs: () => number;
  close: () => void;
} {
  const activity = Context.current();
  const stop = new AbortController();
  const link = new ServerLink(activity, (reason) => stop.abort(reason));
  const beganAt = performance.now();
  const { isLocal, startToCloseTimeoutMs } = activity.info;
  // A local activity is brief, and its timeout is not the stage's.
  const { stopMs, killMs } = timeLimit(isLocal ? Infinity : startToCloseTimeoutMs);
  const keepTime = isLocal ? () => undefined : after(stopMs, () => stop.abort(timedOut()));
  const preempt = (): void => stop.abort(preemption());
  if (worker.preempted.aborted) preempt();
  worker.preempted.addEventListener("abort", preempt);
  activity.cancelled.catch((reason: unknown) => {
    const { workerShutdown, timedOut: byOwnTimer, notFound } = activity.cancellationDetails ?? {};
    // A local activity has no server that could still wait for it.
    if (byOwnTimer === true && !isLocal) link.takeOver();
    else if (workerShutdown === true) preempt();
    else stop.abort(notFound === true && !isLocal ? givenUp(activity.info.heartbeatTimeoutMs ?? Infinity) : reason);
  });
  return {
    signal: stop.signal,
    link,
    graceMs: () => Math.max(0, Math.min(programGraceMs, beganAt + killMs - performance.now())),
    close() {
      worker.preempted.removeEventListener("abort", preempt);
      keepTime();
    },
  };
}

/**
 * Reports progress in heartbeats, which continue while a stage has nothing to report, and in the
 * worker process's task file whenever a checkpoint is complete.
 */
function reporter(
  worker: StageWorker,
  request: StageRequest,
  log: StageContext["log"],
  { lease, link }: { lease: AttemptLease; link: ServerLink },
) {
  const { taskFile: file } = worker;
  const activity = Context.current();
  const task = {
    ...identify(process.pid),
    taskToken: activity.info.base64TaskToken,
    runId: request.runId,
    stage: request.stage,
    attempt: request.attempt,
    ended: false,
  };
  let last: Progress | undefined;
  let checkpoint: Pick<Progress, "checkpointStep" | "checkpointedAtMs"> = {};
  let working = false;
  let heart: NodeJS.Timeout | undefined;
  const beganAt = performance.now();
  const reached = (): Progress | undefined => last && { ...last, ...checkpoint };
  // A local activity has no heartbeat.
  const beat = (): void => {
    lease.beat();
    if (activity.info.isLocal) return;
    const details = reached();
    link.heartbeat(details);
    tell(details);
  };
  const tell = (details?: Progress): void =>
    worker.tellSupervisor?.({ beat: { taskToken: task.taskToken, ...(details && { details }) } });
  return {
    reached,
    begin(): void {
      file?.write(task);
      if (activity.info.isLocal) return;
      heart = setInterval(beat, heartbeatEveryMs);
      // The stage may begin with a long call, before its own first heartbeat.
      tell();
    },
    end(): void {
      clearInterval(heart);
      worker.tellSupervisor?.({});
      try {
        file?.write({ ...task, ended: true });
      } catch (error) {
        // The attempt has its outcome. If the process dies before the server receives it, the
        // supervisor reports a loss.
        log(`the worker process's task file could not be written: ${(error as Error).message}`);
      }
    },
    progress(progress: Progress): void {
      // Reading and compiling come before the first step, which is logged: `pawl verify resume`
      // measures until then.
      if (!working && progress.phase !== "compile" && progress.phase !== digestPhase) {
        working = true;
        log("working", { phase: progress.phase, done: progress.done });
      }
      const phase = last?.phase;
      last = progress;
      // A new phase may begin with a long native call, in which no timer runs: it is reported
      // immediately.
      if (progress.phase !== phase && performance.now() - beganAt >= heartbeatEveryMs) beat();
    },
    checkpointed(checkpointStep: number, checkpointedAtMs?: number): void {
      checkpoint = { checkpointStep, ...(checkpointedAtMs !== undefined && { checkpointedAtMs }) };
      const now = reached();
      file?.write(now === undefined ? task : { ...task, reached: now });
      if (now !== undefined) beat();
    },
  };
}

/** Checkpoints that are saved after the metrics up to them; the run's log reports them. */
function published(
  checkpoints: Checkpoints,
  log: StageContext["log"],
  metrics: MetricsHistory,
  onComplete: (step: number, savedAtMs?: number) => void,
): Checkpoints {
  return {
    ...checkpoints,
    async save(step, write) {
      const began = performance.now();
      await metrics.flush();
      await checkpoints.save(step, write);
      const recorded = metrics.newestStep();
      // Some stages count checkpoints otherwise than the steps of their curves.
      const place = Number.isNaN(recorded) || recorded === step ? {} : { recorded };
      log("checkpoint", { step, ...place, ms: Math.round(performance.now() - began) });
      onComplete(step, Date.now());
    },
    async latest() {
      const found = await checkpoints.latest();
      if (found) {
        log("resumes from its checkpoint", { step: found.step });
        onComplete(found.step);
      }
      return found;
    },
  };
}
