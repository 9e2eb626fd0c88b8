import { proposal } from "../../expressions/nearest.js";
import type { JsonObject } from "../../platform/json.js";
import { combinationText } from "../../schemas/matrix.js";
import type { Child } from "../children.js";
import { passedValues, type CheckPassed } from "./inputs.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";
import { isBelow } from "../references/stand-ins.js";
import type { StandIn } from "../references/stand-in.js";

/** What a stage passes to the pipeline that it runs. */
export interface PlacedCall {
  child: Child;
  /** Of `inputs` in the definition. */
  path: Path;
  /** Expressions replaced by what is known about them. */
  values: JsonObject;
  standIns: readonly StandIn[];
  /** Of the stage's matrix. */
  combination?: JsonObject;
}

/** Inputs that a child does not have, that it lacks, or that do not fit its JSON Schemas. */
export async function callProblems(calls: readonly PlacedCall[]): Promise<Problem[]> {
  if (calls.length === 0) return [];
  const check = await passedValues();
  return calls.flatMap((call) => {
    const { child, path, values, combination } = call;
    const unknown = Object.keys(values).filter((name) => !Object.hasOwn(child.inputs, name));
    const missing = Object.entries(child.inputs).filter(
      ([name, body]) => !Object.hasOwn(values, name) && (body as JsonObject)["default"] === undefined,
    );
    const found = [
      ...unknown.map((name) => unknownInput(name, child, path)),
      ...missing.map(([name, body]) => missingInput(name, body as JsonObject, child, path)),
      ...Object.keys(values).flatMap((name) => valueProblems(name, call, check)),
    ];
    const within = combination && `; in the combination ${combinationText(combination)}`;
    return within === undefined ? found : found.map((one) => ({ ...one, message: one.message + within }));
  });
}

function unknownInput(name: string, { inputs, file }: Child, path: Path): Problem {
  const known = Object.keys(inputs);
  return {
    code: "UNKNOWN_KEY",
    path: [...path, name],
    at: "key",
    message: `is not an input of ${file}`,
    expected: known.length === 0 ? "no inputs" : known.join(", "),
    got: name,
    next: proposal(name, known, "remove it"),
  };
}

function missingInput(name: string, { description }: JsonObject, { file }: Child, path: Path): Problem {
  return {
    code: "MISSING_KEY",
    path,
    at: "key",
    message: `must have ${name}, which has no default in ${file}`,
    ...(typeof description === "string" ? { expected: description } : {}),
    next: `add it: with: { ${name}: … }`,
  };
}

function valueProblems(name: string, { child, path, values, standIns }: PlacedCall, check: CheckPassed): Problem[] {
  const body = child.inputs[name] as JsonObject | undefined;
  if (body === undefined) return [];
  const at = [...path, name];
  const open = standIns.filter((standIn) => isBelow(standIn.path, at) && standIn.kind !== "known");
  const [only] = open;
  if (only === undefined) return check(body, values[name]!, at);
  const isWhole = only.path.length === at.length;
  if (!isWhole) return [];
  if (only.kind !== "artifact") return wrongType(body, only);
  // The stand-in is an artifact, but for its digest.
  const problems = check(body, values[name]!, at).filter((problem) => problem.path.at(-1) !== "digest");
  return problems.map((problem) => atArtifact(problem, only));
}

const atArtifact = (problem: Problem, { path, artifact }: StandIn): Problem => ({
  ...problem,
  path,
  message: `${problem.message.replace(/, got [\s\S]*$/, "")}, got ${artifact!.reference} of kind ${artifact!.kind}`,
  got: artifact!.reference,
  next: `pass what the input takes, or change its schema`,
});

/** Types of JSON that a value may have, as far as they are known before the run. */
const standInTypes: Partial<Record<StandIn["kind"], { types: readonly string[]; what: string }>> = {
  number: { types: ["number", "integer", "null"], what: "a number" },
  text: { types: ["string", "null"], what: "text" },
  numbers: { types: ["array"], what: "a list of numbers" },
  artifacts: { types: ["array"], what: "a list of artifacts" },
};

function wrongType({ type }: JsonObject, { kind, path, text }: StandIn): Problem[] {
  const known = standInTypes[kind];
  const accepted = [type ?? []].flat().filter((one) => typeof one === "string");
  if (known === undefined || accepted.length === 0 || accepted.some((one) => known.types.includes(one))) return [];
  return [
    {
      code: "INPUT_INVALID",
      path,
      message: `must be ${accepted.join(" or ")}, got ${known.what}: ${text.trim()}`,
      expected: accepted.join(", "),
      got: text.trim(),
      next: "pass a value that fits, or change the schema of the input",
    },
  ];
}
