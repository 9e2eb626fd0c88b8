import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";
import { ExpressionProblem } from "../expressions/problem.js";
import { cutFailure, cutText, errorCodes, type ErrorCode, type ErrorFacts } from "../platform/errors.js";
import { unheardMessages, type StageFailure, type StageState } from "../schemas/run.js";
import type { LocalActivities } from "./activities.js";
import type { Progress } from "../schemas/stage-result.js";

/** A failed attempt: what went wrong, and how far the attempt got if it reported that. */
export interface AttemptFailure {
  failure: StageFailure;
  reached?: Progress;
  /** How long the attempt took in the worker, ms; absent if the worker did not report it. */
  workMs?: number;
  /** How long a run that begins waits for a full disk, ms: its longest `retry.diskWait`. */
  diskWaitMs?: number;
  /** The server timed it out for lack of heartbeats. */
  unheard?: true;
  /** The server itself was unavailable, so the attempt does not count. */
  serverAway?: true;
}

/**
 * Classifies the error of an activity. Stages fail with an ApplicationFailure whose details are the
 * StageFailure, the last Progress if there was any, and the time that the attempt took; a worker
 * that died reports nothing, and the server reports a timeout.
 * @throws the error itself when it is neither a failure of an activity nor of an expression
 */
export function readFailure(error: unknown): AttemptFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure)
    return fromTimeout(cause, error instanceof ActivityFailure ? error.activityType : undefined);
  if (cause instanceof ApplicationFailure) return fromApplication(cause);
  if (error instanceof ExpressionProblem) return { failure: stageFailure(error.code, error.message, error.facts) };
  // A bug in this code: let it fail the workflow task, which is retried until the bug is fixed.
  throw error;
}

/** A failure with the class that belongs to its code. */
export function stageFailure(code: ErrorCode, message: string, facts: ErrorFacts = {}): StageFailure {
  return { code, class: errorCodes[code], message, facts };
}

/**
 * `CODE: message` and the facts, one per line: how a run's failure message describes the failure of
 * a stage.
 */
export function describeFailure({ code, message, facts }: StageFailure): string {
  return withFacts(`${code}: ${message}`, facts);
}

/** A message, and the facts below it, one per line. */
export function withFacts(message: string, facts: ErrorFacts): string {
  const lines = (["where", "expected", "got", "next"] as const).flatMap((name) =>
    facts[name] === undefined ? [] : [`  ${name}: ${facts[name]}`],
  );
  return [message, ...lines].join("\n");
}

/**
 * Returns what a stage's child waits for, where people must act. Undefined if the child does not
 * wait.
 */
export function inChild({ child }: StageState): string | undefined {
  const { asks } = child ?? {};
  if (asks === undefined) return undefined;
  return `is ${asks.status} in its run: stages.${asks.stage} of ${asks.run} (pawl ${asks.verb} ${asks.run})`;
}

/** Maximum number of failed stages that a run's failure describes; the rest are counted. */
const maxDescribed = 20;

/**
 * What a run's failure says: message and facts of its failed stages, bounded whatever their number.
 */
export function describeFailures(failed: readonly StageState[]): {
  message: string;
  facts: { stage: string; failure: StageFailure | null }[];
} {
  const described = failed.slice(0, maxDescribed);
  const lines = described.map(({ id, uses, failure, reason }) =>
    [`stages.${id} (${uses}) failed`, failure && describeFailure(failure), reason && `  (${reason})`]
      .filter(Boolean)
      .join("\n"),
  );
  if (failed.length > maxDescribed) lines.push(`and ${failed.length - maxDescribed} more stages failed`);
  return {
    message: lines.join("\n"),
    facts: described.map(({ id, failure }) => ({ stage: id, failure: failure ?? null })),
  };
}

/**
 * Maximum characters of all failures when a run's states leave the workflow: the server refuses
 * payloads over 2 MiB.
 */
const maxFailuresBytes = 512 * 1024;

/** Number of stages for which more than the last failed attempt is kept. */
const maxStagesWithEnds = 200;

/**
 * The states as they leave the run, when it continues as new or is queried: with shorter texts if
 * many stages have failed.
 */
export function boundedStates(states: Readonly<Record<string, StageState>>): Record<string, StageState> {
  const failed = Object.values(states).filter(({ failure }) => failure !== undefined).length;
  const each = Math.floor(maxFailuresBytes / Math.max(1, failed) / 6);
  const hasMany = Object.values(states).filter(({ ended }) => ended !== undefined).length > maxStagesWithEnds;
  return Object.fromEntries(
    Object.entries(states).map(([id, full]): [string, StageState] => {
      const state = hasMany && full.ended ? { ...full, ended: full.ended.slice(-1) } : full;
      const { failure, reason } = state;
      if (failure === undefined) return [id, state];
      return [id, { ...state, failure: cutFailure(failure, each), ...(reason && { reason: cutText(reason, each) }) }];
    }),
  );
}

/**
 * Work on a stage that the process for workflows does itself within a fixed time (activities.ts):
 * `timeout` does not apply.
 */
const fixedTimes: Partial<Record<string, string>> = {
  prepare: "the stage was not prepared, or the work of a brief stage not done, within a minute",
  readItems: "the list of foreach was not read within a minute",
  runBrief: "the brief stage did not finish within a minute",
} satisfies Partial<Record<keyof LocalActivities, string>>;

function fromTimeout(timeout: TimeoutFailure, activity = ""): AttemptFailure {
  const inFixedTime = fixedTimes[activity];
  if (inFixedTime !== undefined) {
    const next =
      "nothing, if it passes: the stage is retried; else check the load of the machine that runs workflows, and the disks of the stage's sources and of PAWL_HOME";
    return { failure: stageFailure("STAGE_TIMEOUT", inFixedTime, { next }) };
  }
  const reached = timeout.lastHeartbeatDetails as Progress | undefined;
  if (timeout.timeoutType === "HEARTBEAT") {
    const failure = stageFailure("WORKER_LOST", unheardMessages.lost, {
      next: "nothing, if it is retried; check that the worker's machine runs and reaches the server",
    });
    return { ...withReach(failure, reached), unheard: true };
  }
  const failure = stageFailure("STAGE_TIMEOUT", "the attempt took longer than the stage's timeout", {
    next: "raise `timeout`, or reduce the work of the stage",
  });
  return withReach(failure, reached);
}

/**
 * The failure of an attempt whose heartbeats could not arrive, since the server was unavailable.
 */
export function forOutage(failed: AttemptFailure): AttemptFailure {
  const failure = stageFailure("WORKER_LOST", unheardMessages.outage, {
    next: "nothing: the attempt does not count",
  });
  return { ...failed, failure, serverAway: true };
}

function fromApplication(cause: ApplicationFailure): AttemptFailure {
  const details = (cause.details ?? []) as [StageFailure?, Progress?, (number | null)?, number?];
  const [failure, reached, workMs, diskWaitMs] = details;
  if (failure !== undefined && Object.hasOwn(errorCodes, failure.code))
    return {
      ...withReach(cutFailure(failure), reached),
      ...(typeof workMs === "number" && { workMs }),
      ...(diskWaitMs !== undefined && { diskWaitMs }),
    };
  // "Pause" and "reset" of an activity in the UI end an attempt like this.
  if (cause.type === "ActivityPause" || cause.type === "ActivityReset")
    return { failure: stageFailure("PREEMPTED", cause.message) };
  return { failure: cutFailure(stageFailure("INTERNAL", cause.message)) };
}

function withReach(failure: StageFailure, reached: Progress | undefined | null): AttemptFailure {
  return reached ? { failure, reached } : { failure };
}
