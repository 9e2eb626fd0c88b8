import { Type, type Static, type TObject, type TProperties } from "@sinclair/typebox";
import { Duration, OneOf } from "./fields/basic.js";
import { stageDefinitions, type StageType } from "./stages/index.js";

/** Names of stages, inputs and top-level outputs: what an expression can spell with dots. */
export const idPattern = "^[A-Za-z][A-Za-z0-9_-]{0,63}$";

const closed = { additionalProperties: false } as const;

/** How a stage is run. Each key stands in `defaults` (for all stages) and in a stage (for this one). */
export const settings = {
  retry: Type.Optional(
    Type.Object(
      {
        maxAttempts: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 1000,
            description: "attempts without progress between them, for failures that may pass",
          }),
        ),
        interval: Type.Optional(Duration("wait before the second attempt")),
        factor: Type.Optional(Type.Number({ minimum: 1, maximum: 100, description: "the wait grows by this factor" })),
        maxInterval: Type.Optional(Duration("longest wait")),
        diskWait: Type.Optional(Duration("how long a full disk is waited for")),
        on: Type.Optional(
          Type.Object(
            {
              preempted: Type.Optional(
                Type.Integer({
                  minimum: 0,
                  maximum: 100000,
                  description: "further attempts when the machine is taken away",
                }),
              ),
              lost: Type.Optional(
                Type.Integer({
                  minimum: 0,
                  maximum: 100000,
                  description: "further attempts when the worker sends no heartbeat",
                }),
              ),
              outOfMemory: Type.Optional(
                Type.Integer({ minimum: 0, maximum: 100, description: "further attempts when memory runs out" }),
              ),
            },
            {
              ...closed,
              description:
                "budgets of their own: preempted and lost counted from the last attempt that made progress, outOfMemory in all",
            },
          ),
        ),
      },
      { ...closed, description: "how often, and how soon, a failed attempt is made again" },
    ),
  ),
  timeout: Type.Optional(Duration("longest time one attempt may take")),
  heartbeat: Type.Optional(Duration("a worker that sends no heartbeat for this long is considered lost; at least 1s")),
  checkpoint: Type.Optional(
    Type.Object(
      {
        every: Type.Optional(Duration("time between checkpoints")),
        keep: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "how many are kept" })),
      },
      { ...closed, description: "how often the state is saved" },
    ),
  ),
  resources: Type.Optional(
    Type.Object(
      { gpu: Type.Optional(Type.Integer({ minimum: 0, maximum: 1, description: "1: runs on a GPU worker" })) },
      { ...closed, description: "what the worker must have" },
    ),
  ),
  cache: Type.Optional(
    Type.Unsafe<boolean | { ttl: string }>({
      type: ["boolean", "object"],
      properties: { ttl: Duration("a result is used again while it is newer than this") },
      required: ["ttl"],
      additionalProperties: false,
      description: "true: a result of the same key is used again; false: never; {ttl}: while it is newer than that",
    }),
  ),
  onFailure: Type.Optional(
    OneOf(["fail", "park", "continue"], {
      description:
        "fail: the run fails; park: the stage waits for retry, skip or abort; continue: the run continues without it",
    }),
  ),
} satisfies TProperties;

/** One entry of `stages`. What `with` holds depends on `uses`: see `stageDefinitions`. */
export const stageDefinition = Type.Object(
  {
    uses: OneOf(Object.keys(stageDefinitions), { description: "the stage's type" }),
    with: Type.Optional(Type.Object({}, { description: "the stage's settings" })),
    needs: Type.Optional(
      Type.Unsafe<string | string[]>({
        type: ["string", "array"],
        items: { type: "string" },
        description: "stages that must end first, beside those whose outputs are used",
      }),
    ),
    if: Type.Optional(
      Type.Unsafe<string | boolean>({
        type: ["string", "boolean"],
        description: "runs only if this holds; success() when absent",
      }),
    ),
    ...settings,
  },
  closed,
);

/** The top level of a definition. */
export const pipelineDefinition = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,63}$", description: "the pipeline's name" }),
    description: Type.Optional(Type.String({ description: "what it does" })),
    seed: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 4294967295, description: "root of all random numbers of a run" }),
    ),
    inputs: Type.Optional(
      Type.Record(Type.String({ pattern: idPattern }), Type.Object({}, { description: "a JSON Schema" }), {
        ...closed,
        description: "what a run may be given; each body is a JSON Schema, with its default",
      }),
    ),
    defaults: Type.Optional(Type.Object(settings, { ...closed, description: "settings of all stages" })),
    stages: Type.Record(Type.String({ pattern: idPattern }), stageDefinition, {
      ...closed,
      minProperties: 1,
      maxProperties: 1000,
      description: "what is done; order does not matter",
    }),
    outputs: Type.Optional(
      Type.Record(Type.String({ pattern: idPattern }), Type.Unknown(), {
        ...closed,
        description: "what the run gives back",
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
