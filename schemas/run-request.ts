import { Type, type TProperties } from "@sinclair/typebox";
import { choiceWords, maxChoiceItems } from "./choices.js";
import { limitWords } from "./concurrency.js";
import { durationMs, maxDuration } from "./duration.js";
import { idPattern, StringEnum } from "./fields/basic.js";
import { maxCombinations } from "./matrix.js";
import { notifyEvents } from "./notifications.js";
import { largestCount } from "./run.js";
import { stageTypes } from "./stages/index.js";

/**
 * The request that starts a workflow, as far as the workflow relies on it. People type requests by
 * hand in the UI, and plans and states may come from an earlier version, so unknown keys are
 * allowed in them.
 */
const anyObject = (description: string) => Type.Object({}, { description });
const count = Type.Integer({ minimum: 0, maximum: largestCount });
const items = Type.Integer({ minimum: 0, maximum: maxChoiceItems });
/** Epoch ms. */
const instant = Type.Number({ minimum: 0, maximum: 8.64e15 });
const id = Type.String({ maxLength: 1000 });
/** Milliseconds. */
const time = Type.Number({ minimum: 0, maximum: durationMs(maxDuration) });
const longTime = Type.Number({ minimum: 1, maximum: durationMs(maxDuration) });
const open = <P extends TProperties>(properties: P) => Type.Object(properties);

const artifact = open({ artifact: Type.String(), digest: Type.String() });

const matrix = open({
  combinations: Type.Array(anyObject("values by name"), { minItems: 1, maxItems: maxCombinations }),
  maxParallel: Type.Optional(Type.Integer({ minimum: 1 })),
  failFast: Type.Boolean(),
});

const foreach = open({
  items: Type.Unknown(),
  maxItems: Type.Integer({ minimum: 1, maximum: maxCombinations }),
  maxParallel: Type.Optional(Type.Integer({ minimum: 1 })),
  failFast: Type.Boolean(),
});

const plannedStage = open({
  id: Type.String({ pattern: idPattern }),
  uses: StringEnum(stageTypes),
  with: anyObject("settings"),
  needs: Type.Array(Type.String()),
  if: Type.Optional(Type.String()),
  retry: open({
    maxAttempts: count,
    intervalMs: time,
    factor: Type.Number({ minimum: 1, maximum: 100 }),
    maxIntervalMs: time,
    diskWaitMs: Type.Optional(time),
    on: open({ preempted: count, lost: count, outOfMemory: count }),
  }),
  timeoutMs: longTime,
  heartbeatMs: longTime,
  checkpoint: open({ everyMs: time, keep: count }),
  resources: open({ gpu: count }),
  cache: Type.Unsafe<boolean | number>({ type: ["boolean", "number"] }),
  onFailure: StringEnum(["fail", "park", "continue"]),
  matrix: Type.Optional(matrix),
  foreach: Type.Optional(foreach),
  child: Type.Optional(open({ name: Type.String(), digest: Type.String(), timeoutMs: Type.Optional(longTime) })),
  ownSettings: Type.Optional(Type.String()),
});

const files = Type.Record(Type.String(), open({ file: Type.String(), text: Type.String() }), {
  description: "definitions that the definition names, by name",
});

const webhook = open({
  url: Type.String(),
  on: Type.Array(StringEnum(notifyEvents)),
  retry: open({
    // The history of one workflow contains every attempt.
    maxAttempts: Type.Integer({ minimum: 0, maximum: 100 }),
    intervalMs: time,
    factor: Type.Number({ minimum: 1, maximum: 100 }),
    maxIntervalMs: time,
  }),
});

const plan = open({
  // A search attribute, which the server refuses if it is longer.
  name: Type.String({ maxLength: 200 }),
  definitionDigest: Type.String(),
  project: Type.Optional(Type.String()),
  grant: Type.Optional(open({ plan: Type.String(), signature: Type.String() })),
  seed: Type.Integer({ minimum: 0, maximum: 4294967295 }),
  inputs: anyObject("values of the inputs"),
  stages: Type.Array(plannedStage, { minItems: 1, maxItems: 1000 }),
  notify: Type.Optional(Type.Array(webhook)),
  concurrency: Type.Optional(
    open({
      group: Type.String({ minLength: 1, maxLength: 200 }),
      limit: Type.Integer({ minimum: 1, maximum: largestCount }),
      onLimit: StringEnum(limitWords),
    }),
  ),
  outputs: anyObject("outputs"),
  files: Type.Optional(files),
});

const stageState = open({
  id: Type.String(),
  uses: Type.String(),
  status: Type.String(),
  attempts: Type.Optional(count),
  startedAtMs: Type.Optional(instant),
  endedAtMs: Type.Optional(instant),
  combination: Type.Optional(anyObject("values by name")),
  outputs: Type.Record(Type.String(), artifact),
  metrics: anyObject("numbers by name"),
  changes: Type.Optional(Type.Array(anyObject("a JSON merge patch"))),
  changesGrant: Type.Optional(Type.String()),
  receipt: Type.Optional(Type.String()),
  compute: Type.Optional(anyObject("compute fingerprint")),
  choiceRequest: Type.Optional(
    open({ pairs: artifact, items, target: count, choices: Type.Record(Type.String(), StringEnum(choiceWords)) }),
  ),
});

export const runRequest = Type.Object(
  {
    pipeline: Type.Optional(Type.String({ description: "a file in pipelines/ or below the working directory" })),
    definition: Type.Optional(Type.String({ description: "the YAML text itself" })),
    file: Type.Optional(Type.String({ description: "the file that the definition came from" })),
    project: Type.Optional(Type.String({ description: "the project directory, absolute" })),
    signature: Type.Optional(Type.String({ description: "signature by pawl run, with the key of PAWL_HOME" })),
    schedule: Type.Optional(Type.String({ description: "the schedule that starts the run" })),
    inputs: Type.Optional(anyObject("values of the inputs")),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295 })),
    files: Type.Optional(files),
    plan: Type.Optional(plan),
    planDigest: Type.Optional(Type.String({ description: "digest of a plan that the store has for the run" })),
    parent: Type.Optional(open({ run: Type.String(), stage: Type.String() })),
    stages: Type.Optional(Type.Record(Type.String(), stageState)),
    continuation: Type.Optional(Type.String({ description: "made when the run continued as new" })),
    store: Type.Optional(Type.String()),
    pausedSinceMs: Type.Optional(instant),
    parentPause: Type.Optional(Type.Union([Type.Null(), open({ sinceMs: instant, by: id })])),
  },
  { additionalProperties: false },
);
