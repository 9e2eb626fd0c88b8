import { Type, type Static, type TObject, type TProperties } from "@sinclair/typebox";
import type { JsonObject } from "../platform/json.js";
import { Duration, idPattern, StringEnum, Shorthand } from "./fields/basic.js";
import { Variables } from "./fields/environment.js";
import { limitWords } from "./concurrency.js";
import { usualMaxItems } from "./foreach.js";
import { maxCombinations } from "./matrix.js";
import { notifyEvents } from "./notifications.js";
import { overlapWords } from "./schedules.js";
import { stageDefinitions, type StageType } from "./stages/index.js";

const closed = { additionalProperties: false } as const;

/**
 * How a stage runs. Each key can be set in `defaults` (for all stages) and in a stage (for that
 * stage).
 */
export const settings = {
  retry: Type.Optional(
    Type.Object(
      {
        maxAttempts: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 1000,
            description: "maximum number of attempts for transient failures; progress resets the count",
          }),
        ),
        interval: Type.Optional(Duration("wait before the second attempt; later waits grow by factor")),
        factor: Type.Optional(Type.Number({ minimum: 1, maximum: 100, description: "factor by which the wait grows" })),
        maxInterval: Type.Optional(Duration("maximum wait between attempts")),
        diskWait: Type.Optional(Duration("maximum wait for space on a full disk")),
        on: Type.Optional(
          Type.Object(
            {
              preempted: Type.Optional(
                Type.Integer({
                  minimum: 0,
                  maximum: 100000,
                  description: "maximum retries after preemption of the worker",
                }),
              ),
              lost: Type.Optional(
                Type.Integer({
                  minimum: 0,
                  maximum: 100000,
                  description: "maximum retries when the worker sends no heartbeat",
                }),
              ),
              outOfMemory: Type.Optional(
                Type.Integer({ minimum: 0, maximum: 100, description: "maximum retries when memory runs out" }),
              ),
            },
            {
              ...closed,
              description: "separate retry budgets; progress resets preempted and lost, but not outOfMemory",
            },
          ),
        ),
      },
      { ...closed, description: "retry policy for failed attempts" },
    ),
  ),
  timeout: Type.Optional(Duration("maximum duration of one attempt")),
  heartbeat: Type.Optional(Duration("a worker that sends no heartbeat for this long is considered lost; at least 3s")),
  checkpoint: Type.Optional(
    Type.Object(
      {
        every: Type.Optional(Duration("time between checkpoints")),
        keep: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "number of checkpoints to keep" })),
      },
      { ...closed, description: "when checkpoints are saved, and how many are kept" },
    ),
  ),
  resources: Type.Optional(
    Type.Object(
      { gpu: Type.Optional(Type.Integer({ minimum: 0, maximum: 1, description: "1: run on a GPU worker" })) },
      { ...closed, description: "what the stage requires of a worker" },
    ),
  ),
  cache: Type.Optional(
    Type.Unsafe<boolean | { ttl: string }>({
      type: ["boolean", "object"],
      properties: { ttl: Duration("maximum age of a result that is reused") },
      required: ["ttl"],
      additionalProperties: false,
      description: "true: reuse a result with the same key; false: never reuse one; {ttl}: reuse one up to this age",
    }),
  ),
  onFailure: Type.Optional(
    StringEnum(["fail", "park", "continue"], {
      description:
        "fail: the run fails; park: the stage waits for retry, skip or abort; continue: the run continues without it",
    }),
  ),
} satisfies TProperties;

/** How the combinations of a matrix or the items of a list run. */
const combinationOptions = {
  maxParallel: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: maxCombinations,
      description: "maximum number of combinations under way at the same time",
    }),
  ),
  failFast: Type.Optional(
    Type.Boolean({ description: "false: all combinations run, also after one has failed; default: true" }),
  ),
} satisfies TProperties;

/** Keys of a matrix that are not names of values. */
const matrixOptions = {
  include: Type.Optional(
    Type.Array(Type.Object({}, { description: "values by name" }), {
      description: "combinations to add; one that contradicts no combination adds its values to those it fits",
    }),
  ),
  exclude: Type.Optional(
    Type.Array(Type.Object({}, { description: "values by name" }), {
      description: "combinations to leave out: those that have all these values",
    }),
  ),
  ...combinationOptions,
} satisfies TProperties;

const foreach = Shorthand(
  "items",
  {
    items: Type.Unknown({
      description: "an expression: a list, or an artifact of JSON lines; used as ${{ item }} and ${{ index }}",
    }),
    maxItems: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxCombinations,
        description: `maximum number of items; default: ${usualMaxItems}`,
      }),
    ),
    ...combinationOptions,
  },
  "the stage runs once for each of `items`, a list that may be known only at run time",
);

const matrix = Type.Unsafe<Static<TObject<typeof matrixOptions>> & Record<string, unknown>>({
  type: "object",
  properties: matrixOptions,
  patternProperties: {
    [`^(?!(?:${Object.keys(matrixOptions).join("|")})$)[A-Za-z][A-Za-z0-9_-]{0,63}$`]: {
      type: "array",
      minItems: 1,
      description: `a list of values, used as ${"${{ matrix.NAME }}"}; options: ${Object.keys(matrixOptions).join(", ")}`,
    },
  },
  additionalProperties: false,
  description: "the stage runs once for each combination of these values; its outputs and metrics are lists",
});

/** One entry of `stages`. The settings in `with` depend on `uses`: see `stageDefinitions`. */
export const stageDefinition = Type.Object(
  {
    uses: StringEnum(Object.keys(stageDefinitions), { description: "the stage's type" }),
    with: Type.Optional(Type.Object({}, { description: "the stage's settings" })),
    needs: Type.Optional(
      Type.Unsafe<string | string[]>({
        type: ["string", "array"],
        items: { type: "string" },
        description: "ids of stages that must end first; stages whose outputs are used need not be listed",
      }),
    ),
    if: Type.Optional(
      Type.Unsafe<string | boolean>({
        type: ["string", "boolean"],
        description: "condition: the stage runs only if it holds; default: success()",
      }),
    ),
    matrix: Type.Optional(matrix),
    foreach: Type.Optional(foreach),
    finally: Type.Optional(
      Type.Boolean({
        description:
          "true: runs after all other stages, whatever became of them; by default with if: always() and cache: false",
      }),
    ),
    ...settings,
  },
  closed,
);

/** One entry of `notify`. */
const webhook = Type.Object(
  {
    url: Type.String({ description: "the webhook's address, http or https", "x-secret": true }),
    on: Type.Array(StringEnum(notifyEvents), {
      minItems: 1,
      uniqueItems: true,
      description: "failed, succeeded, cancelled: how the run ended; parked, waiting: a stage waits for people",
    }),
    body: Type.Optional(
      Type.Unsafe<string | JsonObject>({
        type: ["object", "string"],
        description: "what is sent: an object as JSON, or text; default: a JSON object with a `text`",
      }),
    ),
    retry: Type.Optional(
      Type.Object(
        {
          maxAttempts: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 100, description: "maximum number of attempts" }),
          ),
          interval: Type.Optional(Duration("wait before the second attempt; later waits grow by factor")),
          factor: Type.Optional(
            Type.Number({ minimum: 1, maximum: 100, description: "factor by which the wait grows" }),
          ),
          maxInterval: Type.Optional(Duration("maximum wait between attempts")),
        },
        { ...closed, description: "how often a webhook that does not answer is tried" },
      ),
    ),
  },
  { ...closed, description: "a webhook" },
);

/** When `pawl schedule apply` has the pipeline started. */
const schedule = Type.Object(
  {
    cron: Type.Optional(
      Type.String({
        description: "five fields: minute, hour, day of the month, month, day of the week; all of them must match",
      }),
    ),
    interval: Type.Optional(Duration("time between two starts, instead of cron; at least 1s")),
    timeZone: Type.Optional(Type.String({ description: "time zone of cron, such as Europe/Berlin; default: UTC" })),
    overlap: Type.Optional(
      StringEnum(overlapWords, {
        description:
          "if the last run is still under way, the new one is skipped (default), queued, replaces it (cancel), or runs beside it (allow)",
      }),
    ),
    catchUp: Type.Optional(
      Duration("a run that could not start in time, as the server was away, starts up to this much later; default: 1d"),
    ),
  },
  { ...closed, description: "when runs are started, once `pawl schedule apply` has been run" },
);

/** The top level of a definition. */
export const pipelineDefinition = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,63}$", description: "the pipeline's name" }),
    description: Type.Optional(Type.String({ description: "what the pipeline does" })),
    seed: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 4294967295, description: "random seed: root of a run's random numbers" }),
    ),
    inputs: Type.Optional(
      Type.Record(Type.String({ pattern: idPattern }), Type.Object({}, { description: "a JSON Schema" }), {
        ...closed,
        description: "inputs of a run; each is a JSON Schema, with a default if it is optional",
      }),
    ),
    include: Type.Optional(
      Type.Unsafe<string[] | Record<string, string>>({
        type: ["array", "object"],
        items: { type: "string", minLength: 1 },
        patternProperties: { [idPattern]: { type: "string", minLength: 1 } },
        additionalProperties: false,
        description: "files whose stages belong to this pipeline; a mapping gives each file a prefix: PREFIX-STAGE",
      }),
    ),
    env: Type.Optional(
      Variables({
        description:
          "environment variables of all command stages and own stages; a command's own value takes precedence",
      }),
    ),
    defaults: Type.Optional(Type.Object(settings, { ...closed, description: "default settings of all stages" })),
    stages: Type.Record(Type.String({ pattern: idPattern }), stageDefinition, {
      ...closed,
      minProperties: 1,
      maxProperties: 1000,
      description: "stages by id; their order does not matter",
    }),
    schedule: Type.Optional(schedule),
    concurrency: Type.Optional(
      Type.Object(
        {
          group: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: "the group's name, for pipelines that share it; default: the pipeline's name",
            }),
          ),
          limit: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 1000, description: "maximum number of runs of the group; default: 1" }),
          ),
          onLimit: Type.Optional(
            StringEnum(limitWords, {
              description:
                "if the group is full, a new run waits (queue, default), the oldest run is canceled (cancel), or the new one fails (fail)",
            }),
          ),
        },
        { ...closed, description: "how many runs may be under way at the same time" },
      ),
    ),
    notify: Type.Optional(
      Type.Array(webhook, { maxItems: 20, description: "webhooks that are notified of what happens to a run" }),
    ),
    outputs: Type.Optional(
      Type.Record(Type.String({ pattern: idPattern }), Type.Unknown(), {
        ...closed,
        description: "what the run returns",
      }),
    ),
  },
  closed,
);

export type Settings = Static<TObject<typeof settings>>;
export type StageDefinition = Omit<Static<typeof stageDefinition>, "uses"> & { uses: StageType };
export type PipelineDefinition = Omit<Static<typeof pipelineDefinition>, "stages"> & {
  stages: Record<string, StageDefinition>;
};
