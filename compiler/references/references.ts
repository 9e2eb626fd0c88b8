import { runFactNames } from "../../expressions/evaluate.js";
import { proposal } from "../../expressions/nearest.js";
import type { Reference } from "../../expressions/references.js";
import type { JsonObject } from "../../platform/json.js";
import type { Problem } from "../problem.js";
import type { Child, Children } from "../children.js";
import { answerNames, isStageType, metricNames, outputKinds } from "../schema/forms.js";
import type { PlacedReference } from "./resolve.js";

/** What the references of a definition can name. */
export interface Names {
  inputs: readonly string[];
  /** Stages by id, as written. */
  stages: ReadonlyMap<string, JsonObject>;
  children: Children;
  /** Names of the matrix of the stage at hand; absent without one. */
  matrix?: readonly string[] | "unknown";
  /** Whether the stage at hand has `foreach`. */
  each?: boolean;
  /** Names after `run.`, if others than those of every run. */
  run?: readonly string[];
}

/** Reports a reference to an input, stage, output, metric or fact that does not exist. */
export function referenceProblem({ reference, path }: PlacedReference, names: Names): Problem | undefined {
  const missing = missingName(reference, names);
  if (missing === undefined) return undefined;
  const { what, name, known, nothing } = missing;
  const from = reference.text.lastIndexOf(name);
  return {
    code: "UNKNOWN_REFERENCE",
    path,
    span: { offset: reference.offset + Math.max(0, from), length: from === -1 ? reference.length : name.length },
    message: `: there is no ${what} ${name}`,
    expected: known.length === 0 ? nothing : known.join(", "),
    got: reference.text,
    next: proposal(name, known, nothing),
  };
}

interface Missing {
  what: string;
  name: string;
  known: readonly string[];
  /** Advice if no such name exists. */
  nothing: string;
}

function missingName(
  reference: Reference,
  { inputs, stages, children, matrix, each = false, run = runFactNames }: Names,
): Missing | undefined {
  const { kind } = reference;
  // Only the worker that uses it knows whether a secret exists.
  if (kind === "secret") return undefined;
  if (kind === "input") return absent("input", reference.name, inputs, "declare it under `inputs`");
  if (kind === "matrix") return missingInMatrix(reference.name, matrix);
  if (kind === "each") {
    const nothing = "use it in `with` or `if` of a stage that has foreach";
    return each ? undefined : { what: "foreach here:", name: reference.name, known: [], nothing };
  }
  if (kind === "run") return absent("property of run:", reference.name, run, "");
  const stage = absent("stage", reference.stage, [...stages.keys()], "declare it under `stages`");
  if (stage !== undefined) return stage;
  if (kind === "stage")
    return reference.member === undefined
      ? undefined
      : absent(
          `member of stages.${reference.stage}:`,
          reference.member,
          ["outputs", "metrics", "answers", "status"],
          "",
        );
  const { uses: type, with: settings } = stages.get(reference.stage)!;
  if (!isStageType(type)) return undefined;
  if (children.has(reference.stage) && kind !== "answer")
    return missingOfChild(reference.stage, reference.name, kind, children.get(reference.stage));
  if (kind === "answer")
    return absent(
      `answer of ${reference.stage} (${type}):`,
      reference.name,
      answerNames(type, settings),
      "declare it in with.form of a stage that uses approve",
    );
  return kind === "output"
    ? absent(
        `output of ${reference.stage} (${type}):`,
        reference.name,
        Object.keys(outputKinds(type, settings)),
        `${type} has no outputs`,
      )
    : absent(
        `metric of ${reference.stage} (${type}):`,
        reference.name,
        metricNames(type, settings),
        `${type} has no metrics`,
      );
}

/** @param child undefined if it could not be read, which has been reported */
function missingOfChild(
  stage: string,
  name: string,
  kind: "output" | "metric",
  child: Child | undefined,
): Missing | undefined {
  if (child === undefined) return undefined;
  const { file, outputs } = child;
  const nothing = `declare it under \`outputs\` of ${file}, and write stages.${stage}.outputs.${name}`;
  return absent(`${kind} of ${stage} (${file}):`, name, kind === "output" ? Object.keys(outputs) : [], nothing);
}

function missingInMatrix(name: string | undefined, matrix: Names["matrix"]): Missing | undefined {
  const nothing = "use it in `with` or `if` of a stage that has a matrix";
  if (matrix === undefined) return { what: "matrix here:", name: name ?? "matrix", known: [], nothing };
  return matrix === "unknown" || name === undefined ? undefined : absent("value of the matrix:", name, matrix, nothing);
}

function absent(what: string, name: string, known: readonly string[], nothing: string): Missing | undefined {
  return known.includes(name) ? undefined : { what, name, known, nothing };
}
