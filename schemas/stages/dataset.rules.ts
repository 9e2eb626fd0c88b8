import type { Rule, RuleProblem } from "../stage.js";
import type { StageWith } from "./index.js";

type Settings = StageWith<"dataset">;

const places = ["file", "package", "url", "huggingFace", "text"] as const;
const companions = { path: ["package", "huggingFace"], sha256: ["url"], revision: ["huggingFace"] } as const;

/** Conditions over several fields of dataset's `with`. */
export const datasetRules: readonly Rule<Settings>[] = [
  { fields: ["source"], check: oneSource },
  { fields: ["source"], check: companionsBelong },
];

function oneSource({ source }: Settings): RuleProblem | undefined {
  const given = places.filter((place) => source[place] !== undefined);
  if (given.length === 1) return undefined;
  return {
    code: given.length === 0 ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["source"],
    message: `must have exactly one of ${places.join(", ")}; it has ${given.length === 0 ? "none" : given.join(" and ")}`,
    next:
      given.length === 0
        ? "say where the data come from, for example file: data.txt"
        : `keep one of ${given.join(", ")}`,
  };
}

function companionsBelong({ source }: Settings): RuleProblem | undefined {
  for (const [key, owners] of Object.entries(companions) as [
    keyof typeof companions,
    readonly (keyof typeof source)[],
  ][]) {
    if (source[key] === undefined || owners.some((owner) => source[owner] !== undefined)) continue;
    return {
      code: "NOT_ALLOWED",
      at: ["source", key],
      message: `goes with ${owners.join(" or ")} only`,
      next: `remove ${key}`,
    };
  }
  return undefined;
}
