import { artifactKinds } from "../../schemas/artifact.js";
import { maxChoiceItems } from "../../schemas/choices.js";
import { durationMs, maxDuration } from "../../schemas/duration.js";
import { isObject } from "../../platform/json.js";
import { largestCount, statusSigns, type RunState, type RunStatus } from "../../schemas/run.js";
import { stageTypes } from "../../schemas/stages/index.js";
import type { RecordKind } from "./records.js";
import type { ResultRecord, LatestRecord, PlanRecord, RunRecord, Delivery, TrackedAttempt } from "./record-types.js";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
/** Loops and allocations may rely on it: a whole number as small as the language allows. */
const isCount: Check = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= largestCount;
const isSeed: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** Milliseconds. */
const isDuration: Check = (value) => typeof value === "number" && value >= 0 && value <= durationMs(maxDuration);
/** Epoch ms that a date can show. */
const isTime: Check = (value) => typeof value === "number" && Math.abs(value) <= 8.64e15;
const isDate: Check = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
/** JSON turns a non-finite metric into null. */
const isMetric: Check = (value) => value === null || isNumber(value);
const isAny: Check = (value) => value !== undefined;
const enumeration =
  (values: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && values.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const arrayWith =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const recordWith =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const isArtifact = shape({
  artifact: enumeration(artifactKinds),
  digest: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
});
const isOutputs = recordWith(isArtifact);
const isMetrics = recordWith(isMetric);

const identityFields = {
  uses: enumeration(stageTypes),
  version: isCount,
  with: isObject,
  seed: isSeed,
  compute: orNull(isText),
  source: orNull(isText),
  libraries: optional(recordWith(isText)),
};

const isPlannedStage = shape({
  id: isText,
  uses: enumeration(stageTypes),
  with: isObject,
  needs: arrayWith(isText),
  if: optional(isText),
  retry: shape({
    maxAttempts: isCount,
    intervalMs: isDuration,
    factor: isNumber,
    maxIntervalMs: isDuration,
    diskWaitMs: optional(isDuration),
    on: shape({ preempted: isCount, lost: isCount, outOfMemory: isCount }),
  }),
  timeoutMs: isDuration,
  heartbeatMs: isDuration,
  checkpoint: shape({ everyMs: isDuration, keep: isCount }),
  resources: shape({ gpu: isCount }),
  cache: (value) => typeof value === "boolean" || isNumber(value),
  onFailure: enumeration(["fail", "park", "continue"]),
  matrix: optional(shape({ combinations: arrayWith(isObject), maxParallel: optional(isCount) })),
  foreach: optional(shape({ items: isAny, maxItems: isCount, maxParallel: optional(isCount) })),
  child: optional(shape({ name: isText, digest: isText, timeoutMs: optional(isDuration) })),
});

const isPlan = shape({
  name: isText,
  definitionDigest: isText,
  project: optional(isText),
  grant: optional(shape({ plan: isText, signature: isText })),
  seed: isSeed,
  inputs: isObject,
  stages: arrayWith(isPlannedStage),
  outputs: isObject,
  files: optional(recordWith(shape({ file: isText, text: isText }))),
});

/** Pages list the items, and count them. */
const isItems: Check = (value) => isCount(value) && (value as number) <= maxChoiceItems;

const isChoiceRequest = shape({
  pairs: isArtifact,
  items: isItems,
  target: isCount,
  people: optional(isCount),
  choices: isObject,
  votes: optional(recordWith(isObject)),
  closesAtMs: optional(isTime),
});

/** What the states of stages have in common, whoever wrote them. */
const stageFields = {
  id: isText,
  attempts: isCount,
  outputs: isOutputs,
  metrics: isMetrics,
  values: optional(isObject),
  combination: optional(isObject),
  reason: optional(isText),
  failure: optional(shape({ code: isText, message: isText, facts: recordWith(isText) })),
  child: optional(shape({ run: isText })),
  choiceRequest: optional(isChoiceRequest),
  approval: optional(shape({ message: isText, form: isObject, approvers: arrayWith(isText) })),
  changes: optional(arrayWith(isObject)),
  startedAtMs: optional(isTime),
  endedAtMs: optional(isTime),
  sinceMs: optional(isTime),
  spentMs: optional(recordWith(isNumber)),
  workedMs: optional(isNumber),
};
const isStageState = shape({
  ...stageFields,
  uses: enumeration(stageTypes),
  status: enumeration(Object.keys(statusSigns)),
});

const runStatuses: readonly RunStatus[] = [
  "loading",
  "running",
  "parked",
  "waiting",
  "paused",
  "succeeded",
  "failed",
  "cancelled",
];

/**
 * Whether an answer to the query `state` can be shown: anybody who reaches the server can run a
 * worker that answers. A later version may know stage types that this one doesn't.
 */
export const isRunState = (value: unknown): value is RunState =>
  shape({
    pipeline: isText,
    status: enumeration(runStatuses),
    plan: optional(
      shape({
        name: isText,
        inputs: isObject,
        stages: arrayWith(shape({ id: isText, with: isObject, needs: arrayWith(isText) })),
      }),
    ),
    stages: arrayWith(shape({ ...stageFields, uses: isText, status: enumeration(Object.keys(statusSigns)) })),
    outputs: recordWith(isAny),
    queue: optional(shape({ group: isText, behind: arrayWith(isText) })),
    pausedSinceMs: optional(isTime),
    failure: optional(shape({ code: isText, message: isText })),
  })(value);

const kind = <T>(of: string, check: Check, then?: string): RecordKind<T> => ({
  of,
  ...(then !== undefined && { then }),
  isValid: (value): value is T & object => check(value),
});

/**
 * The form of each kind of record; fields that do not affect other records are not checked, but
 * trusted by their seal.
 */
export const recordKinds = {
  result: kind<ResultRecord>(
    "result of a stage",
    shape({
      ...identityFields,
      key: isText,
      outputs: isOutputs,
      metrics: isMetrics,
      steps: optional(isNumber),
      lineage: shape({ runId: isText, stage: isText, startedAt: isDate, endedAt: isDate, machine: isText }),
    }),
  ),
  latest: kind<LatestRecord>(
    "last identity of a stage",
    shape({ pipeline: isText, stage: isText, identity: shape(identityFields) }),
  ),
  plan: kind<PlanRecord>(
    "plan of a run",
    shape({ runId: isText, plan: isPlan, parent: optional(shape({ run: isText, stage: isText })) }),
    "the one in the run's record is used instead",
  ),
  run: kind<RunRecord>(
    "record of a run",
    shape({
      runId: isText,
      startedAt: isDate,
      endedAt: optional(isDate),
      pipeline: isText,
      status: enumeration(runStatuses),
      plan: optional(isPlan),
      stages: arrayWith(isStageState),
      outputs: recordWith(isAny),
      store: optional(isText),
    }),
    "a run under way writes it again; a run that has ended does when it is resumed (pawl resume)",
  ),
  tracked: kind<TrackedAttempt>(
    "tracked attempt",
    shape({
      runId: isText,
      pipeline: isText,
      stage: isText,
      uses: isText,
      key: isText,
      attempt: isCount,
      startedAtMs: isTime,
      parameters: recordWith(isText),
      end: optional(shape({ status: isText, atMs: isTime, metrics: isMetrics })),
    }),
    "what the attempt has yet to send is not sent to trackers",
  ),
  delivery: kind<Delivery>(
    "delivery to a tracker",
    shape({
      tracker: isText,
      runId: isText,
      stage: isText,
      key: isText,
      last: recordWith(isNumber),
      completed: optional(isNumber),
      problem: optional(shape({ message: isText, next: isText })),
    }),
  ),
};
