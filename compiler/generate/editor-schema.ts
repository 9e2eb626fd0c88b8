import type { StageDescription } from "../../schemas/own-stage.js";
import { runsPipeline, stageDefinitions, stageTypes, type StageType } from "../../schemas/stages/index.js";
import { isObject } from "../../platform/json.js";
import { DEFAULTS } from "../definition/defaults.js";
import { limits } from "../definition/limits.js";
import { takesOneItem } from "../definition/shorthand.js";
import type { Schema } from "../schema/schema.js";
import { definitionForm, namedTypes, withForm } from "../schema/forms.js";
import { inputDefinitions } from "./input-schema.js";
import { writtenForm } from "./written-form.js";

const draft = "http://json-schema.org/draft-07/schema#";
const expression = { $ref: "#/definitions/expression" };

/** Stages of a project's own: definitions by file, as `uses` names them. */
export type OwnStages = ReadonlyMap<string, Pick<StageDescription, "summary" | "with">>;

/**
 * The JSON Schema for editors: the compiler's, with each stage type's `with` under if/then (which
 * editors follow better than a union), and `${{ }}` allowed wherever a value other than free text
 * is expected.
 * @param own stages whose settings the schema describes, too; those of others may be anything
 */
export function editorSchema(own: OwnStages = new Map()): Schema {
  const form = definitionForm();
  const { inputs, defaults, stages, ...others } = form.properties as Record<"inputs" | "defaults" | "stages", Schema>;
  return {
    $schema: draft,
    ...form,
    properties: {
      ...others,
      inputs: withMember(inputs, () => ({ $ref: "#/definitions/input" })),
      defaults: withExpressions(withStandards(defaults, DEFAULTS), true),
      stages: withMember(stages, (stage) => editorStage(stage, own)),
    },
    definitions: {
      ...inputDefinitions(),
      expression: { type: "string", pattern: "\\$\\{\\{.*\\}\\}", description: "an expression: ${{ … }}" },
    },
  };
}

/** A map with the schema of its members replaced. */
function withMember(map: Schema, change: (member: Schema) => Schema): Schema {
  const patterns = Object.entries(map.patternProperties!);
  return { ...map, patternProperties: Object.fromEntries(patterns.map(([name, member]) => [name, change(member)])) };
}

function editorStage(stage: Schema, own: OwnStages): Schema {
  const { uses: _uses, with: settings, needs, if: condition, ...common } = stage.properties as Record<string, Schema>;
  const types = [
    ...stageTypes.map((uses) => ({ ...written(uses, own), description: stageDefinitions[uses].summary })),
    ...[...own].map(([file, { summary }]) => ({ const: file, description: summary })),
  ];
  const form: Schema = withExpressions(withStandards({ properties: common }, DEFAULTS), true);
  return {
    ...stage,
    properties: {
      uses: { description: "the stage's type", oneOf: types },
      with: settings!,
      needs: needs!,
      if: condition!,
      ...form.properties,
    },
    allOf: [
      ...namedTypes.map((uses) => settingsBranch(uses, withForm(uses))),
      ...[...own].map(([file, description]) => settingsBranch(file, description.with as Schema)),
    ],
  };
}

/**
 * How `uses` is written: a word, the path of a pipeline, or that of a stage of the project's own
 * that is not listed by itself.
 */
function written(uses: StageType, own: OwnStages): Schema {
  if (runsPipeline(uses)) return { pattern: "\\.ya?ml$" };
  if (stageDefinitions[uses].ownSettings === undefined) return { const: uses };
  return { pattern: "^(?!.*\\.ya?ml$).*/", ...(own.size > 0 && { not: { enum: [...own.keys()] } }) };
}

function settingsBranch(uses: string, checked: Schema): Schema {
  const form = writtenForm(checked);
  return {
    if: { properties: { uses: { const: uses } }, required: ["uses"] },
    then: {
      properties: { with: withExpressions(form, true) },
      ...(form.required === undefined ? {} : { required: ["with"] }),
    },
  };
}

/**
 * Allows an expression in place of every value, `root` itself excepted; free text holds expressions
 * anyway.
 */
function withExpressions(schema: Schema, root = false): Schema {
  const artifact = schema["x-artifact"];
  if (typeof artifact === "string")
    return { ...expression, description: `${schema.description} (artifact: ${artifact})` };
  const inner: Schema = { ...schema, ...hover(schema) };
  if (schema.properties !== undefined)
    inner.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, body]) => [name, withExpressions(body)]),
    );
  if (schema.patternProperties !== undefined)
    Object.assign(
      inner,
      withMember(schema, (body) => withExpressions(body)),
    );
  if (schema.items !== undefined) inner.items = withExpressions(schema.items);
  const freeText = schema.type === "string" && schema.enum === undefined && schema["pattern"] === undefined;
  if (root || freeText) return inner;
  const { description, default: standard, ...rest } = inner;
  const single = takesOneItem(schema) ? [inner.items!] : [];
  return {
    anyOf: [rest, ...single, expression],
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
  };
}

/** The settings that all stages have, with the default of each. */
function withStandards(schema: Schema, standard: unknown): Schema {
  if (schema.properties === undefined || !isObject(standard))
    return standard === undefined ? schema : { ...schema, default: standard };
  const properties = Object.entries(schema.properties);
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, body]) => [name, withStandards(body, standard[name])])),
  };
}

/** What an editor shows for a key: description, bounds, default. */
function hover(schema: Schema): Pick<Schema, "description"> {
  const standard = schema["default"];
  const parts = [
    schema.description,
    limits(schema),
    standard === undefined ? "" : `default ${JSON.stringify(standard)}`,
  ].filter(Boolean);
  return parts.length === 0 ? {} : { description: parts.join("; ") };
}
