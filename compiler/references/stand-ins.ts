import type { Problem } from "../problem.js";
import { schemaAt, type Path, type Schema } from "../schema/schema.js";
import { artifactKind, artifactText, quotesAdvice } from "../schema/schema-errors.js";
import type { StandIn } from "./stand-in.js";

/**
 * Restates a problem of a definition whose expressions were replaced, for the definition itself:
 * drops it if the value is unknown, and reports it at the expression if the value is known.
 * @param schema the schema of the value at `prefix`
 */
export function reviseProblem(
  problem: Problem,
  standIns: readonly StandIn[],
  schema: Schema,
  prefix: Path,
): Problem | undefined {
  const standIn = standIns.find((candidate) => isBelow(problem.path, candidate.path));
  if (standIn === undefined) return problem;
  const isWrongType = problem.code === "WRONG_TYPE" && problem.path.length === standIn.path.length;
  switch (standIn.kind) {
    case "known":
      return {
        ...problem,
        place: standIn.path,
        at: "value",
        message: `${problem.message} (from ${short(standIn.text)})`,
        ...(problem.next === quotesAdvice && { next: numberAdvice(standIn.text) }),
      };
    case "unknown":
      return undefined;
    case "text":
      return isWrongType ? { ...problem, got: standIn.text } : undefined;
    case "number":
      return isWrongType ? numberThere(problem, standIn) : undefined;
    case "numbers":
      return isWrongType ? listThere(problem, standIn) : undefined;
    case "artifacts":
      if (isWrongType) return listThere(problem, standIn);
      if (problem.code !== "WRONG_TYPE" && problem.code !== "WRONG_ARTIFACT") return undefined;
      return wrongArtifact(problem, standIn, schemaAt(schema, standIn.path.slice(prefix.length))?.items);
    case "artifact":
      return wrongArtifact(problem, standIn, schemaAt(schema, standIn.path.slice(prefix.length)));
  }
}

/** Whether a path is that of a stand-in, or lies inside it. */
export const isBelow = (path: Path, root: Path): boolean =>
  path.length >= root.length && root.every((step, i) => step === path[i]);

/** What to do if an expression gives a number as a string. */
function numberAdvice(text: string): string {
  const expression = /^\s*\$\{\{([^]*?)\}\}\s*$/.exec(text)?.[1]?.trim();
  return expression === undefined
    ? "write the expression alone: with other text around it, it gives a string"
    : `convert it: \${{ fromJSON(${expression}) }}`;
}

function numberThere(problem: Problem, { text }: StandIn): Problem {
  const message = `${beforeGot(problem.message)}, got the number ${short(text)}`;
  const expression = text.trim().slice(3, -2).trim();
  const next = message.includes("must be string") ? `write \${{ format('{0}', ${expression}) }}` : "use another value";
  return { ...problem, message, got: text, next };
}

/** A list stands where one value is expected. */
function listThere(problem: Problem, { kind, path, text }: StandIn): Problem {
  const what = kind === "numbers" ? "numbers" : "artifacts";
  const isInList = kind === "artifacts" && typeof path.at(-1) === "number";
  const expression = text.trim().slice(3, -2).trim();
  const byPlace = `by its place: \${{ ${expression}[0] }}`;
  return {
    ...problem,
    message: `${beforeGot(problem.message)}, got a list of ${what}, one for each combination: ${short(expression)}`,
    got: text,
    next: isInList
      ? "write it without the list around it"
      : `choose one ${kind === "artifacts" ? "with a stage that uses select, or " : ""}${byPlace}`,
  };
}

function wrongArtifact(problem: Problem, standIn: StandIn, schema: Schema | undefined): Problem {
  const wanted = artifactKind(schema);
  const { kind, reference } = standIn.artifact!;
  const got = `${reference} of kind ${kind}`;
  const at = { ...problem, path: standIn.path, got };
  if (wanted === undefined)
    return {
      ...at,
      code: "WRONG_TYPE",
      message: `${beforeGot(problem.message)}, got the artifact ${got}`,
      next: "use a value, or a metric: stages.ID.metrics.NAME",
    };
  if (wanted.list && (wanted.kind === kind || wanted.kind === "any"))
    return {
      ...at,
      code: "WRONG_TYPE",
      message: `must be a list of artifacts, got one: ${got}`,
      next: "use an output of a stage with matrix or foreach",
    };
  return {
    ...at,
    code: "WRONG_ARTIFACT",
    message: `must be ${artifactText(wanted)}, got ${got}`,
    expected: schema?.description ?? wanted.kind,
    next: `use an output of kind ${wanted.kind}`,
  };
}

const beforeGot = (message: string) => message.replace(/, got [\s\S]*$/, "");

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
