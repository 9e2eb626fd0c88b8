import { artifactKinds } from "../schemas/artifact.js";
import { isObject } from "../platform/json.js";
import { statusSigns, type RunStatus } from "../schemas/run.js";
import { stageTypes } from "../schemas/stages/index.js";
import type { RecordKind } from "./records.js";
import type { LatestRecord } from "./latest.js";
import type { ResultRecord } from "./results.js";
import type { Delivery, TrackedAttempt } from "./tracking.js";
import type { PlanRecord, RunRecord } from "./runs.js";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isDate: Check = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
/** A metric that is not finite has become null in JSON. */
const isMetric: Check = (value) => value === null || isNumber(value);
const isAny: Check = (value) => value !== undefined;
const oneOf =
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
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const mapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const isArtifact = shape({
  artifact: oneOf(artifactKinds),
  digest: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
});
const isOutputs = mapOf(isArtifact);
const isMetrics = mapOf(isMetric);

const identityFields = {
  uses: oneOf(stageTypes),
  version: isNumber,
  with: isObject,
  seed: isNumber,
  compute: orNull(isText),
  source: orNull(isText),
  libraries: optional(mapOf(isText)),
};

const isPlannedStage = shape({
  id: isText,
  uses: oneOf(stageTypes),
  with: isObject,
  needs: listOf(isText),
  if: optional(isText),
  retry: shape({
    maxAttempts: isNumber,
    intervalMs: isNumber,
    factor: isNumber,
    maxIntervalMs: isNumber,
    on: shape({ preempted: isNumber, lost: isNumber, outOfMemory: isNumber }),
  }),
  timeoutMs: isNumber,
  heartbeatMs: isNumber,
  checkpoint: shape({ everyMs: isNumber, keep: isNumber }),
  resources: shape({ gpu: isNumber }),
  cache: (value) => typeof value === "boolean" || isNumber(value),
  onFailure: oneOf(["fail", "park", "continue"]),
  child: optional(shape({ name: isText, digest: isText, timeoutMs: optional(isNumber) })),
});

const isPlan = shape({
  name: isText,
  definitionDigest: isText,
  project: optional(isText),
  grant: optional(shape({ plan: isText, signature: isText })),
  seed: isNumber,
  inputs: isObject,
  stages: listOf(isPlannedStage),
  outputs: isObject,
  files: optional(mapOf(shape({ file: isText, text: isText }))),
});

const isStageState = shape({
  id: isText,
  uses: oneOf(stageTypes),
  status: oneOf(Object.keys(statusSigns)),
  attempts: isNumber,
  outputs: isOutputs,
  metrics: isMetrics,
  values: optional(isObject),
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

const kind = <T>(of: string, check: Check, then?: string): RecordKind<T> => ({
  of,
  ...(then !== undefined && { then }),
  isValid: (value): value is T & object => check(value),
});

/** The form of each kind of record; fields that do not affect other records are not checked, but trusted by their seal. */
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
    shape({ runId: isText, plan: isPlan }),
    "the one in the run's record is used instead",
  ),
  run: kind<RunRecord>(
    "record of a run",
    shape({
      runId: isText,
      startedAt: isDate,
      endedAt: optional(isDate),
      pipeline: isText,
      status: oneOf(runStatuses),
      plan: optional(isPlan),
      stages: listOf(isStageState),
      outputs: mapOf(isAny),
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
      attempt: isNumber,
      startedAtMs: isNumber,
      parameters: mapOf(isText),
      end: optional(shape({ status: isText, atMs: isNumber, metrics: isMetrics })),
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
      last: mapOf(isNumber),
      completed: optional(isNumber),
      problem: optional(shape({ message: isText, next: isText })),
    }),
  ),
};
