import type { ErrorCode } from "../platform/errors.js";
import { isObject, jsonBytes, shortJson, type Json } from "../platform/json.js";
import type { ArtifactKind, ArtifactRef } from "./artifact.js";
import { maxCombinations } from "./matrix.js";
import type { ForeachPlan } from "./plan.js";

/** Maximum number of items unless `maxItems` says otherwise. */
export const usualMaxItems = 100;

/** Maximum size of a list, bytes of JSON. The run's history and its states contain it. */
export const largestList = 128 * 1024;

/** Kinds of artifacts that can be a list: each has one file of JSON lines. */
export const listKinds = ["files", "dataset"] as const satisfies readonly ArtifactKind[];

/** Whether the value of `foreach` is an artifact, which has the list. */
export const isArtifact = (value: Json): value is Json & ArtifactRef =>
  isObject(value) && typeof value["artifact"] === "string" && typeof value["digest"] === "string";

/** A request to the local activity that reads a list from an artifact. */
export interface ItemsRequest {
  stage: string;
  artifact: ArtifactRef;
  /** The run's store, once known. */
  store?: string;
}

/** What is wrong with a list. */
export interface ListProblem {
  code: ErrorCode;
  /** A phrase that follows the list's name. */
  message: string;
  facts: { expected: string; got: string; next: string };
}

/**
 * Returns what is wrong with the evaluated `foreach`, or undefined if it is a list within its
 * bounds.
 */
export function listProblem(value: Json, { maxItems }: Pick<ForeachPlan, "maxItems">): ListProblem | undefined {
  if (!Array.isArray(value))
    return {
      code: "WRONG_TYPE",
      message: `must be a list, got ${shortJson(value)}`,
      facts: { ...listFacts, got: shortJson(value) },
    };
  if (value.length > maxItems)
    return {
      code: "OUT_OF_RANGE",
      message: `must have at most ${maxItems} items, got ${value.length}`,
      facts: {
        expected: `at most ${maxItems} items`,
        got: String(value.length),
        next:
          maxItems < maxCombinations
            ? `shorten the list, or raise foreach.maxItems, at most to ${maxCombinations}`
            : "shorten the list, or split it between several stages",
      },
    };
  const bytes = jsonBytes(value);
  return bytes > largestList ? tooLarge(bytes) : undefined;
}

export const listFacts = {
  expected: `a list, or an artifact of JSON lines (${listKinds.join(", ")})`,
  next: "name a list: an output of a matrix or of a child pipeline, an input, or an artifact of JSON lines",
};

/** A list, or its file, that is too large. */
export function tooLarge(bytes: number): ListProblem {
  return {
    code: "OUT_OF_RANGE",
    message: `must have at most ${largestList} bytes, got ${bytes}: the run's history holds the list`,
    facts: {
      expected: `at most ${largestList} bytes`,
      got: `${bytes} bytes`,
      next: "list names, paths or numbers, and let each item's stage read its data",
    },
  };
}
