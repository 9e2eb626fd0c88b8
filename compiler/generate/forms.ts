import { pipelineDefinition } from "../../schemas/pipeline.js";
import { stageSchemas, type StageType } from "../../schemas/stages/index.js";
import type { Schema } from "../schema.js";

export const stageTypes = Object.keys(stageSchemas) as StageType[];

/** A TypeBox schema as plain JSON, without TypeBox's symbols. */
export const plain = (schema: object) => JSON.parse(JSON.stringify(schema)) as Schema;

/** The definition, apart from what stands inside each `with`. */
export const definitionForm = () => plain(pipelineDefinition);

/** A stage type's `with`, everything filled in. */
export const withForm = (uses: StageType) => plain(stageSchemas[uses].with);

/** A `with` as it is written: what has a default may be left out. */
export function writtenForm(schema: Schema): Schema {
  const properties = schema.properties;
  if (properties === undefined) return schema;
  const required = (schema.required ?? []).filter((name) => properties[name]?.["default"] === undefined);
  const { required: _all, ...rest } = schema;
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).map(([name, body]) => [name, writtenForm(body)])),
    ...(required.length === 0 ? {} : { required }),
  };
}
