import { Type, type Static } from "@sinclair/typebox";
import { escapeReason, privateReason } from "../../platform/containment.js";
import type { JsonObject } from "../../platform/json.js";
import { RelativePath } from "../fields/basic.js";
import { reservedAdvice, reservedVariable, scalars, Variables, type Scalar } from "../fields/environment.js";
import {
  learnsFromInputs,
  LearnsFromInputs,
  nestedOutputs,
  ReadArtifacts,
  ReportedMetrics,
  unknownTraining,
  WrittenOutputs,
} from "../fields/exchange.js";
import { codeArgument } from "../fields/scripts.js";
import { defineStage, metric, type ExternalInput, type RuleProblem } from "../stage.js";

const settings = Type.Object({
  run: Type.Unsafe<string | Scalar[]>({
    type: ["array", "string"],
    items: { type: scalars },
    minItems: 1,
    minLength: 1,
    description: "the program and its arguments, as a list; with shell: true, a script",
  }),
  shell: Type.Boolean({ default: false, description: "run is a script for sh, which ends at the first error" }),
  workdir: Type.Optional(RelativePath({ description: "working directory; default: the project directory" })),
  files: Type.Array(RelativePath({ description: "a path or pattern below the project directory" }), {
    default: [],
    description: "files that the program reads (its code, its imports): their content belongs to the key",
  }),
  env: Variables({ default: {}, description: "environment variables of the program, besides the pipeline's" }),
  inputs: ReadArtifacts("a directory below PAWL_INPUTS", "artifacts that the program reads, by name"),
  outputs: WrittenOutputs("PAWL_OUTPUTS", "what the program writes, by name"),
  learnsFrom: LearnsFromInputs("inputs"),
  metrics: ReportedMetrics("names of metrics that the program must report, and that expressions may use"),
});
type Settings = Static<typeof settings>;

export const command = defineStage({
  summary: "runs a program of yours, in any language, with checkpoints, progress and exact keys",
  example: `
counted:
  uses: command
  with:
    shell: true
    run: |
      cat "$PAWL_INPUTS/text/data.jsonl" | wc -l > "$PAWL_OUTPUTS/lines"
      echo '{"event": "metrics", "metrics": {"seconds": 1}}' >&"$PAWL_EVENTS"
    inputs: { text: "\${{ stages.text.outputs.train }}" }
    outputs: { lines: files }
    metrics: [seconds]
`,
  version: 2,
  with: settings,
  rules: [
    { fields: ["run", "shell"], check: formOfRun },
    { fields: ["env"], check: reservedVariables },
    { fields: ["outputs"], check: nestedOutputs },
    { fields: ["learnsFrom", "inputs", "outputs"], check: unknownTraining },
  ],
  outputs: Type.Object({}),
  metrics: {
    invalidEvents: metric("1", "lines of PAWL_EVENTS that were not events; only if there were any"),
    leftOut: metric("1", "files below PAWL_OUTPUTS that belong to no output; only if there were any"),
  },
  declaredIn: { outputs: "outputs", metrics: "metrics" },
  variablesIn: "env",
  scriptsIn,
  reads: filesRead,
  runsCode: ["run", "shell", "workdir", "env"],
  learnsFrom: learnsFromInputs,
});

function formOfRun({ run, shell }: Settings): RuleProblem | undefined {
  if (shell === (typeof run === "string")) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["run"],
    message: shell ? "must be text with shell: true, got a list" : "must be a list without shell: true, got text",
    next: shell
      ? "write a script as text, or remove shell"
      : 'write the program and its arguments as a list: ["python3", "train.py"]; or set shell: true',
  };
}

/** The script of a shell, or an argument such as that of `python3 -c`. */
function scriptsIn({ run, shell }: JsonObject): (string | number)[][] {
  if (typeof run === "string") return shell === undefined || shell === false ? [] : [["run"]];
  const argument = Array.isArray(run) ? codeArgument(run) : undefined;
  return argument === undefined ? [] : [["run", argument]];
}

function reservedVariables({ env }: Settings): RuleProblem | undefined {
  const reserved = reservedVariable(env);
  return reserved === undefined ? undefined : { ...reservedAdvice, at: ["env", reserved] };
}

/**
 * The files listed, and the program's own: the first argument that looks like the name of a file of
 * the project. Later arguments may name what the program writes. If there is no such file, that
 * changes nothing.
 */
function filesRead({ run, files, workdir = "." }: Settings): ExternalInput[] {
  const below = (word: Scalar): string => (workdir === "." ? String(word) : `${workdir}/${word}`);
  const isOwn = (word: Scalar): boolean => isFileName(word) && privateReason(below(word)) === undefined;
  const own = typeof run === "string" ? undefined : run.find(isOwn);
  return [
    ...(own !== undefined ? [{ where: "with.run", files: below(own) }] : []),
    ...files.map((pattern, i) => ({ where: `with.files[${i}]`, files: pattern })),
  ];
}

/** Whether an argument looks like the name of a file below the working directory. */
function isFileName(word: Scalar): boolean {
  if (typeof word !== "string" || escapeReason(word) !== undefined) return false;
  return /^[\w.][\w./@+-]*$/.test(word) && (word.includes("/") || /\.[A-Za-z]\w*$/.test(word));
}
