import { Type, type Static } from "@sinclair/typebox";
import {
  learnsFromInputs,
  LearnsFromInputs,
  nestedOutputs,
  ReadArtifacts,
  ReportedMetrics,
  unknownTraining,
  WrittenOutputs,
} from "../fields/exchange.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";

const settings = Type.Object({
  activity: Type.String({
    pattern: "^[A-Za-z_][A-Za-z0-9_.:-]{0,199}$",
    description: "name under which your worker has registered the activity",
  }),
  taskQueue: Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}$",
    description: "task queue that your worker serves",
  }),
  version: Type.Unsafe<string | number>({
    type: ["string", "number"],
    minLength: 1,
    description: "version of the activity's code, which Pawl cannot see: another one runs the stage again",
  }),
  settings: Type.Object({}, { default: {}, description: "what the activity gets as its settings: any JSON" }),
  inputs: ReadArtifacts("a directory", "artifacts that the activity reads, by name"),
  outputs: WrittenOutputs("the output directory", "what the activity writes, by name"),
  learnsFrom: LearnsFromInputs("inputs"),
  metrics: ReportedMetrics("names of metrics that the activity must return, and that expressions may use"),
  notRetried: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    uniqueItems: true,
    description: "types of the activity's errors after which a retry is of no use",
  }),
});
type Settings = Static<typeof settings>;

export const activity = defineStage({
  summary: "runs an activity of a worker of your own, in any language that has an SDK of Temporal",
  example: `
shouted:
  uses: activity
  with:
    activity: shout
    taskQueue: examples
    version: 1
    settings: { marks: 3 }
    inputs: { text: "\${{ stages.text.outputs.train }}" }
    outputs: { text: dataset }
    metrics: [rows]
`,
  version: 1,
  with: settings,
  rules: [
    { fields: ["taskQueue"], check: reservedQueue },
    { fields: ["outputs"], check: nestedOutputs },
    { fields: ["learnsFrom", "inputs", "outputs"], check: unknownTraining },
  ],
  outputs: Type.Object({}),
  metrics: { leftOut: metric("1", "files in the output directory that belong to no output; only if there were any") },
  declaredIn: { outputs: "outputs", metrics: "metrics" },
  runsCode: ["activity", "taskQueue"],
  learnsFrom: learnsFromInputs,
});

/**
 * Pawl's own workers trust what comes to their queues; the server refuses a task for a queue of its
 * own.
 */
function reservedQueue({ taskQueue }: Settings): RuleProblem | undefined {
  if (!/^(pawl$|pawl-|temporal-sys-)/.test(taskQueue)) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["taskQueue"],
    message: `must not be a queue of Pawl's or the server's, got ${taskQueue}`,
    next: "let your worker serve a queue of another name",
  };
}
