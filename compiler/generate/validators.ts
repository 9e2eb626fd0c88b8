import { Ajv } from "ajv";
import standaloneModule from "ajv/dist/standalone/index.js";
import { stageTypes } from "../../schemas/stages/index.js";
import { definitionForm, requestForm, withForm } from "../schema/forms.js";
import { ownKeywords, type Schema } from "../schema/schema.js";

// CommonJS: Node gives the module's exports, Jest its default.
const standaloneCode = standaloneModule.default;

const header = "// @ts-nocheck\n// Written by `npm run generate`; do not edit.\n";

/**
 * Source of the validators, so that checking a pipeline loads neither ajv nor TypeBox and compiles
 * no schema. `validateDefinition` checks all but the contents of each `with`; `validateWith` has a
 * function for each stage type that checks a `with` and fills in its defaults.
 */
export function validatorsSource(): string {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    allowUnionTypes: true,
    useDefaults: true,
    messages: false,
    inlineRefs: false,
    code: { source: true, esm: true, lines: true },
  });
  ajv.addVocabulary(ownKeywords);
  for (const [id, schema] of Object.entries(shared())) ajv.addSchema(schema, id);
  ajv.addSchema(definitionForm(), "definition");
  for (const uses of stageTypes) ajv.addSchema(sharing(withForm(uses)), uses);
  const functions = stageTypes.map((uses) => [`validate_${uses.replaceAll("-", "_")}`, uses] as const);
  const code = standaloneCode(ajv, { definition: "definition", ...Object.fromEntries(functions) });
  const table = functions.map(([name, uses]) => `  ${JSON.stringify(uses)}: ${name},\n`).join("");
  return [
    header,
    'import type { ValidateFunction } from "ajv";\n',
    'import type { PipelineDefinition } from "../../schemas/pipeline.js";\n',
    'import type { StageType, StageWith } from "../../schemas/stages/index.js";\n',
    withImports(code),
    "\nexport const validateDefinition: ValidateFunction<PipelineDefinition> = definition;\n",
    `export const validateWith: { readonly [T in StageType]: ValidateFunction<StageWith<T>> } = {\n${table}};\n`,
  ].join("");
}

/**
 * Source of a function that checks a schema against JSON Schema's own schema: ajv takes 35 ms to
 * compile it.
 */
export function metaSchemaSource(): string {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    validateFormats: false,
    code: { source: true, esm: true, lines: true },
  });
  const code = standaloneCode(ajv, { schema: "http://json-schema.org/draft-07/schema" });
  return [
    header,
    'import type { ValidateFunction } from "ajv";\n',
    withImports(code),
    "\nexport const validateSchema: ValidateFunction = schema;\n",
  ].join("");
}

/**
 * Source of a function that checks the request that starts a workflow, as far as the workflow
 * relies on it.
 */
export function runRequestSource(): string {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    allowUnionTypes: true,
    messages: false,
    code: { source: true, esm: true, lines: true },
  });
  ajv.addSchema(requestForm(), "request");
  return [
    header,
    'import type { ValidateFunction } from "ajv";\n',
    'import type { RunRequest } from "../../schemas/run.js";\n',
    withImports(standaloneCode(ajv, { request: "request" })),
    "\nexport const validateRunRequest: ValidateFunction<RunRequest> = request;\n",
  ].join("");
}

/** Schemas that occur in many places, by id: references to artifacts. */
function shared(): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const walk = (schema: Schema): void => {
    const kind = schema["x-artifact"];
    if (typeof kind === "string") {
      const { description: _description, "x-rows": _rows, ...body } = schema;
      found[`artifact-${kind}`] = body;
    }
    for (const body of Object.values(schema.properties ?? {})) walk(body);
    if (schema.items !== undefined) walk(schema.items);
  };
  for (const uses of stageTypes) walk(withForm(uses));
  return found;
}

/** Replaces each reference to an artifact in a schema by a `$ref`. */
function sharing(schema: Schema): Schema {
  const kind = schema["x-artifact"];
  if (typeof kind === "string") return { $ref: `artifact-${kind}` };
  const copy = { ...schema };
  if (schema.properties !== undefined)
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, body]) => [name, sharing(body)]),
    );
  if (schema.items !== undefined) copy.items = sharing(schema.items);
  return copy;
}

/** ajv's ESM output still has `require` for its run-time helpers. */
function withImports(code: string): string {
  const imports = new Map<string, string>();
  const body = code
    .replace(/^"use strict";\s*/, "")
    .replace(/require\("(ajv\/dist\/runtime\/(\w+))"\)(\.default)?/g, (_all, path: string, helper: string) => {
      imports.set(`${path}.js`, helper);
      // Depending on who loads the module, the function is its default export or the default's
      // `default`.
      return `(${helper}.default ?? ${helper})`;
    });
  const unknown = /require\([^)]*\)/.exec(body);
  if (unknown !== null) throw new Error(`ajv's output needs a module that is not known: ${unknown[0]}`);
  return [...imports].map(([path, name]) => `import ${name} from ${JSON.stringify(path)};\n`).join("") + body;
}
