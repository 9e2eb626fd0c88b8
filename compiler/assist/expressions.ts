import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { runFactNames } from "../../expressions/evaluate.js";
import { stageDefinitions } from "../../schemas/stages/index.js";
import { matrixOptions } from "../definition/matrix.js";
import { answerNames, isStageType, metricNames, outputKinds } from "../schema/forms.js";
import { outputRows } from "../schema/stage-reference.js";
import { valueAt, type Path } from "../schema/schema.js";

/** A name that an expression can contain, with its kind. */
export interface KnownName {
  name: string;
  detail: string;
  description?: string;
}

/**
 * The names that can follow the beginning of a reference (`stages.tok.outputs.`), without its last
 * word.
 * @param document the definition, as far as it can be read
 * @param path of the value that holds the expression
 */
export function namesAfter(beginning: string, document: unknown, path: Path): KnownName[] {
  const parts = beginning.split(".").slice(0, -1);
  const [root, id, section] = parts;
  if (root === undefined) return roots(document, path);
  if (root === "inputs" && parts.length === 1) return inputNames(document);
  if (root === "run" && parts.length === 1) return runFactNames.map((name) => ({ name, detail: "of the run" }));
  if (root === "matrix" && parts.length === 1) return matrixNames(document, path);
  if (root !== "stages") return [];
  const stages = readMembers(document, ["stages"]).filter(([name]) => name !== path[1]);
  if (id === undefined) return stages.map(([name, stage]) => ({ name, detail: textAt(stage, "uses") }));
  const stage = stages.find(([name]) => name === id)?.[1];
  if (!isObject(stage)) return [];
  if (section === undefined)
    return ["outputs", "metrics", "answers", "status"].map((name) => ({ name, detail: `of ${id}` }));
  return parts.length === 3 ? namesOfStage(stage, section) : [];
}

/** Returns what a complete reference names, or undefined if unknown. */
export function describeReference(reference: string, document: unknown, path: Path): KnownName | undefined {
  const last = reference.slice(reference.lastIndexOf(".") + 1);
  return namesAfter(reference, document, path).find(({ name }) => name === last);
}

function roots(document: unknown, path: Path): KnownName[] {
  return [
    { name: "stages", detail: "outputs and metrics of other stages" },
    { name: "inputs", detail: "inputs of the run" },
    { name: "run", detail: "facts of the run" },
    ...(matrixNames(document, path).length > 0 ? [{ name: "matrix", detail: "the combination" }] : []),
    ...(valueAt(document, [...path.slice(0, 2), "foreach"]) === undefined
      ? []
      : ["item", "index"].map((name) => ({ name, detail: "of foreach" }))),
  ];
}

function inputNames(document: unknown): KnownName[] {
  return readMembers(document, ["inputs"]).map(([name, body]) => {
    const description = valueAt(body, ["description"]);
    return {
      name,
      detail: textAt(body, "type") || "input",
      ...(typeof description === "string" && { description }),
    };
  });
}

function matrixNames(document: unknown, path: Path): KnownName[] {
  if (path[0] !== "stages") return [];
  const names = readMembers(document, [...path.slice(0, 2), "matrix"]).map(([name]) => name);
  return names.filter((name) => !matrixOptions.includes(name)).map((name) => ({ name, detail: "of the matrix" }));
}

function namesOfStage(stage: JsonObject, section: string): KnownName[] {
  const { uses, with: settings } = stage;
  if (!isStageType(uses)) return [];
  if (section === "outputs") {
    const known = new Map(outputRows(uses).map(({ name, what }) => [name, what]));
    return Object.entries(outputKinds(uses, settings)).map(([name, kind]) => ({
      name,
      detail: kind ?? "value",
      ...(known.get(name) && { description: known.get(name)! }),
    }));
  }
  if (section === "answers") return answerNames(uses, settings).map((name) => ({ name, detail: "of a person" }));
  if (section !== "metrics") return [];
  const declared: Readonly<Record<string, { unit: string; description: string }>> = stageDefinitions[uses].metrics;
  return metricNames(uses, settings).map((name) => ({
    name,
    detail: declared[name]?.unit ?? "metric",
    ...(declared[name] && { description: declared[name].description }),
  }));
}

/** Returns a member of a value if it is text, else an empty text. */
function textAt(value: unknown, name: string): string {
  const found = valueAt(value, [name]);
  return typeof found === "string" ? found : "";
}

function readMembers(document: unknown, path: Path): [string, Json][] {
  const found = valueAt(document, path);
  return isObject(found) ? Object.entries(found) : [];
}
