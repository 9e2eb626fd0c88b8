import { ExpressionProblem } from "../../expressions/problem.js";
import { expressionReferences, type Reference } from "../../expressions/references.js";
import { parseTemplate } from "../../expressions/template.js";
import type { Json, JsonObject } from "../../platform/json.js";
import { stageDefinitions, type StageType } from "../../schemas/stages/index.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";

/** A name in an expression, with its position in the text. */
type Named = Pick<Reference, "text" | "offset" | "length">;

/**
 * Values that data can set, in texts that an interpreter reads as code: whoever writes the data
 * would write code. Through a variable, a value stays a value.
 * @param settings as written
 * @param path where they are in the definition
 * @param matrix of the stage, as written
 */
export function scriptProblems(uses: StageType, settings: JsonObject, path: Path, matrix: Json | undefined): Problem[] {
  const { variablesIn: field = "env", scriptsIn } = stageDefinitions[uses];
  return (scriptsIn?.(settings) ?? []).flatMap((script) => {
    const text = script.reduce<Json>((value, step) => (value as JsonObject)[step] ?? null, settings);
    return dataIn(typeof text === "string" ? text : "", matrix).map(({ offset, length, text: name }): Problem => {
      const variable = variableFor(name);
      return {
        code: "NOT_ALLOWED",
        path: [...path, ...script],
        span: { offset, length },
        message: `: the value of ${name} would be run as code`,
        expected: `a variable: ${field}: { ${variable}: "\${{ ${name} }}" }`,
        got: name,
        next: `set ${field}: { ${variable}: "\${{ ${name} }}" }, and read the variable in the script: "$${variable}" in a shell`,
      };
    });
  });
}

/**
 * Finds names in a text's expressions that data can set. Invalid expressions are reported
 * elsewhere.
 */
function dataIn(text: string, matrix: Json | undefined): Named[] {
  try {
    return parseTemplate(text).flatMap((part): Named[] => {
      if (part.kind === "text") return [];
      const { tokens, tokenOffset, source } = part.expression;
      const references = expressionReferences(part.expression);
      const found = references.filter((reference) => comesFromData(reference, matrix));
      // A reference to all inputs, or to one with a computed name.
      const others = tokens.filter(
        (token, i) =>
          ["inputs", "run"].includes(token.lexeme) &&
          tokens[i - 1]?.lexeme !== "." &&
          !references.some(({ offset }) => offset === tokenOffset(token)),
      );
      const wholeText = others.map((token) => ({
        text: source.trim(),
        offset: tokenOffset(token),
        length: token.lexeme.length,
      }));
      return [...found, ...wholeText];
    });
  } catch (error) {
    if (error instanceof ExpressionProblem) return [];
    throw error;
  }
}

/**
 * Numbers and names that Pawl itself checks are harmless, and so is a matrix that the definition
 * writes out.
 */
function comesFromData(reference: Reference, matrix: Json | undefined): boolean {
  switch (reference.kind) {
    case "metric":
      return false;
    case "run":
      return reference.name === "id";
    case "each":
      return reference.name === "item";
    case "stage":
      return reference.member !== "status";
    case "matrix":
      return JSON.stringify(matrix ?? null).includes("${{");
    // Those are reported elsewhere.
    case "secret":
      return false;
    case "input":
    case "output":
    case "answer":
      return true;
  }
}

/**
 * `inputs.learningRate` as the name of a variable: LEARNING_RATE; of an expression without a last
 * name: VALUE.
 */
function variableFor(text: string): string {
  const [last = "value"] = /[A-Za-z_][\w-]*$/.exec(text) ?? [];
  const name = last.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/\W/g, "_");
  return name.toUpperCase();
}
