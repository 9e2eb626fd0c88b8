import type { Ajv as AjvClass, Options, ValidateFunction } from "ajv";
import { PawlError } from "../../platform/errors.js";
import { compilePattern } from "../../platform/text/pattern.js";
import { PatternProblem } from "../../platform/text/pattern-syntax.js";
import { validateSchema } from "../generated/meta-schema.js";
import { ownKeywords, type Schema } from "../schema/schema.js";

/**
 * ajv for schemas that are known only at run time. Loaded only here: otherwise most of the time of
 * a check would go into it.
 */
export async function loadAjv(options: Options = {}): Promise<AjvClass> {
  const { Ajv } = await import("./ajv-class.js");
  const code = { regExp: patternEngine() };
  const common = { strict: true, allErrors: true, allowUnionTypes: true, meta: false, validateSchema: false, code };
  return new Ajv({ ...common, ...options });
}

/**
 * A check of settings that fills in their defaults. It throws STAGE_INVALID for texts that are too
 * long for a pattern.
 * @throws PawlError STAGE_INVALID if the schema cannot be used
 */
export async function compileSettings(schema: Schema): Promise<ValidateFunction> {
  try {
    if (!validateSchema(schema)) throw new Error(validateSchema.errors?.[0]?.message);
    const ajv = await loadAjv({ useDefaults: true });
    ajv.addVocabulary(ownKeywords);
    const check = ajv.compile(schema);
    const guarded = (value: unknown): boolean => {
      try {
        return check(value);
      } catch (error) {
        throw unusable(error);
      }
    };
    return Object.defineProperty(guarded, "errors", { get: () => check.errors }) as ValidateFunction;
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(error: unknown): PawlError {
  return new PawlError("STAGE_INVALID", `the schema of its settings cannot be used: ${(error as Error).message}`, {
    where: "with",
    expected: "a JSON Schema, draft-07, made with Type.Object",
    next: error instanceof PatternProblem ? error.next : "correct `with` of the stage's definition",
  });
}

/**
 * Maximum number of steps of all pattern searches in one check; 10 million take at most about a
 * second.
 */
const maxSteps = 10_000_000;

/**
 * The engine for patterns in a schema: never JavaScript's own, which one pattern can keep busy
 * forever.
 */
function patternEngine() {
  let steps = 0;
  const engine = (source: string) => {
    const pattern = compilePattern(source);
    return {
      // ajv treats patterns with the same text as one.
      toString: () => source,
      test: (text: string): boolean => {
        steps += pattern.steps(text);
        if (steps > maxSteps) throw new PatternProblem(`the texts are too long for ${source}`, shorten);
        return pattern.test(text);
      },
    };
  };
  return Object.assign(engine, { code: "" });
}

const shorten = "shorten the pattern or the texts that it checks, or limit them by maxLength";
