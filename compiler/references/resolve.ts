import type { ExpressionContext, TemplateEvaluator } from "../../expressions/evaluate.js";
import { ExpressionProblem } from "../../expressions/problem.js";
import { expressionReferences, type Reference } from "../../expressions/references.js";
import { isTemplate, parseTemplate, wholeExpression, type Part } from "../../expressions/template.js";
import { mapTexts, type Json, type JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import type { Children, OutputType } from "../children.js";
import { kindOfOutput } from "./output-kind.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";
import type { StandIn } from "./stand-in.js";

/** A reference, and the string that contains it. */
export interface PlacedReference {
  reference: Reference;
  path: Path;
}

/** A part of the definition with its expressions replaced, and what was found in the process. */
export interface Resolved {
  value: Json;
  standIns: StandIn[];
  references: PlacedReference[];
  problems: Problem[];
}

/** What is known before the run. */
export interface Known extends Pick<ExpressionContext, "inputs" | "run"> {
  /** Stages by id, as written. */
  stages: ReadonlyMap<string, JsonObject>;
  /** Evaluates expressions whose values depend on inputs, and on one combination of a matrix. */
  evaluator: TemplateEvaluator;
  children: Children;
  /** The values of one combination. */
  matrix?: JsonObject;
  /** One item of a list that is known, and its index. */
  each?: JsonObject;
  /** What is known about every item of a list that is not. */
  item?: Replacement;
}

/**
 * Replaces every expression below `path` with its value if inputs determine it, else with a
 * stand-in of its type.
 */
export function resolve(value: Json, path: Path, known: Known): Resolved {
  const resolved: Resolved = { value: null, standIns: [], references: [], problems: [] };
  resolved.value = mapTexts(value, (text, at) => resolveString(text, at, known, resolved), path);
  return resolved;
}

function resolveString(text: string, path: Path, known: Known, into: Resolved): Json {
  if (!text.includes("{{")) return text;
  try {
    const parts = parseTemplate(text);
    const references = parts.flatMap((part) =>
      part.kind === "expression" ? expressionReferences(part.expression) : [],
    );
    append(
      into.references,
      references.map((reference) => ({ reference, path })),
    );
    const misplaced = [...artifactsInText(parts, path, known), ...computedSecrets(parts, path)];
    append(into.problems, misplaced);
    const { value, ...standIn } =
      misplaced.length > 0 ? { kind: "unknown" as const, value: text } : replacement(text, parts, references, known);
    if (isTemplate(text)) into.standIns.push({ path, text, ...standIn });
    return value;
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    into.problems.push(expressionProblem(error, path));
    into.standIns.push({ path, text, kind: "unknown" });
    return text;
  }
}

/** Converts an error of an expression to a problem of the definition. */
export function expressionProblem(error: ExpressionProblem, path: Path): Problem {
  const { expected, got, next } = error.facts;
  return {
    code: error.code,
    path,
    span: { offset: error.offset, length: error.length },
    message: `: ${error.message}`,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    next: next ?? "see docs/reference/language.md, Expressions",
  };
}

/** A stand-in, and the value that it has while the definition is checked. */
export type Replacement = Pick<StandIn, "kind" | "artifact" | "secrets"> & { value: Json };

function replacement(
  text: string,
  parts: readonly Part[],
  references: readonly Reference[],
  known: Known,
): Replacement {
  const expression = wholeExpression(parts);
  if (references.every((reference) => isKnown(reference, known))) {
    // Already reported for an earlier expression.
    if (known.evaluator.budget.isSpent) return { kind: "unknown", value: text };
    return { kind: "known", ...known.evaluator.evaluateWithSecrets(text) };
  }
  if (expression === undefined) return { kind: "text", value: text };
  const [only] = references;
  const isPlain = references.length === 1 && only?.text === expression.source.trim();
  if (!isPlain) return { kind: "unknown", value: text };
  if (only.kind === "metric" || only.kind === "output") return produced(text, only, known);
  if (only.kind === "each" && only.text === only.name)
    return only.name === "index" ? { kind: "number", value: 0 } : (known.item ?? { kind: "unknown", value: text });
  if (only.kind === "run" || (only.kind === "stage" && only.member === "status")) return { kind: "text", value: text };
  return { kind: "unknown", value: text };
}

/** Returns the stand-in of a stage's output or metric or, for a matrix, of their list. */
function produced(
  text: string,
  { kind: what, stage: id, name, text: reference, further }: Reference & { kind: "output" | "metric" },
  known: Known,
): Replacement {
  const { matrix, foreach } = known.stages.get(id) ?? {};
  const hasMatrix = matrix !== undefined || foreach !== undefined;
  if (further > (hasMatrix ? 1 : 0)) return { kind: "unknown", value: text };
  const isList = hasMatrix && further === 0;
  if (what === "metric") return isList ? { kind: "numbers", value: [0] } : { kind: "number", value: 0 };
  const passed = known.children.get(id)?.outputs[name];
  if (passed !== undefined && passed.kind !== "artifact") return passedOn(text, passed, hasMatrix, isList);
  const kind = kindOfOutput(known, id, name);
  if (kind === undefined) return { kind: "unknown", value: text };
  const artifact = { kind, reference, stage: id, output: name };
  const value = { artifact: kind, digest: "0".repeat(64) };
  return isList ? { kind: "artifacts", artifact, value: [value] } : { kind: "artifact", artifact, value };
}

/** Returns the stand-in of a child's output that is not an artifact. */
function passedOn(
  text: string,
  { kind, artifact }: OutputType,
  hasMatrix: boolean,
  isList: boolean,
): Pick<StandIn, "kind"> & { value: Json } {
  if (kind === "number") return isList ? { kind: "numbers", value: [0] } : { kind, value: 0 };
  if (hasMatrix || artifact !== undefined) return { kind: "unknown", value: text };
  return kind === "numbers" ? { kind, value: [0] } : { kind: kind === "text" ? kind : "unknown", value: text };
}

function isKnown(reference: Reference, known: Known): boolean {
  if (reference.kind === "matrix")
    return known.matrix !== undefined && (reference.name === undefined || Object.hasOwn(known.matrix, reference.name));
  if (reference.kind === "each") return known.each !== undefined;
  if (reference.kind === "input") return Object.hasOwn(known.inputs, reference.name);
  if (reference.kind === "secret") return true;
  return reference.kind === "run" && (reference.name === "seed" || reference.name === "pipeline");
}

/** A secret is inserted where it is used, so that no expression can compute with it. */
function computedSecrets(parts: readonly Part[], path: Path): Problem[] {
  return parts.flatMap((part): Problem[] => {
    if (part.kind === "text") return [];
    const secret = expressionReferences(part.expression).find(({ kind }) => kind === "secret");
    if (secret === undefined || secret.text === part.expression.source.trim()) return [];
    return [
      {
        code: "BAD_EXPRESSION",
        path,
        span: { offset: secret.offset, length: secret.length },
        message: ": an expression cannot compute with a secret",
        got: part.expression.source.trim(),
        next: `write \${{ ${secret.text} }} alone, with other text around it`,
      },
    ];
  });
}

/** An artifact cannot be written as text. */
function artifactsInText(parts: readonly Part[], path: Path, { children }: Known): Problem[] {
  if (wholeExpression(parts) !== undefined) return [];
  return parts.flatMap((part): Problem[] => {
    if (part.kind === "text") return [];
    const [only] = expressionReferences(part.expression);
    if (only?.kind !== "output" || only.text !== part.expression.source.trim()) return [];
    if (children.has(only.stage) && children.get(only.stage)?.outputs[only.name]?.artifact === undefined) return [];
    return [
      {
        code: "WRONG_TYPE",
        path,
        span: { offset: part.offset, length: part.length },
        message: ": an artifact cannot be inserted into text",
        got: only.text,
        next: "make the expression the whole value",
      },
    ];
  });
}
