import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namedTypes } from "../../../compiler/schema/forms.js";
import { compilePipeline, validatePipeline } from "../../../compiler/compile.js";
import { PipelineErrors, renderError } from "../../../compiler/errors.js";
import type { JsonObject } from "../../../platform/json.js";
import { projectInProcess } from "../../support/describe-stage.js";

/**
 * Golden error output: a directory for each bad definition, with what is printed for it.
 * `inputs.json` beside it makes it a run with these inputs; queries and other definitions are read
 * from the directory. `UPDATE_CASES=1` writes the expectations anew; read the difference before
 * committing it.
 */
const directory = join(import.meta.dirname, "cases");
/**
 * Stands in the expectations for the list of all stage types, so that a new stage changes none of
 * them.
 */
const everyStageType = "<every stage type>";
const update = process.env["UPDATE_CASES"] === "1";

async function report(name: string): Promise<PipelineErrors> {
  const text = readFileSync(join(directory, name, "pipeline.yaml"), "utf8");
  const inputs = join(directory, name, "inputs.json");
  const options = { text, file: "pipeline.yaml", ...projectInProcess(join(directory, name)) };
  try {
    if (existsSync(inputs))
      await compilePipeline({ ...options, inputs: JSON.parse(readFileSync(inputs, "utf8")) as JsonObject });
    else await validatePipeline(options);
  } catch (error) {
    if (error instanceof PipelineErrors) return error;
    throw error;
  }
  throw new Error(`${name} has no errors`);
}

test.each(readdirSync(directory))("%s", async (name) => {
  const errors = await report(name);
  const expectedFile = join(directory, name, "expected.txt");
  const printed = `${errors.message}\n`.replaceAll(namedTypes.join(", "), everyStageType);
  if (update) writeFileSync(expectedFile, printed);
  expect(printed).toBe(readFileSync(expectedFile, "utf8"));
  for (const error of errors.errors) {
    expect(error.next).not.toBe("");
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
    expect(renderError(error)).toContain(error.excerpt);
  }
});
