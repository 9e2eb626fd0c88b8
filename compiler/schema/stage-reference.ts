import { runsPipeline, stageDefinitions, type StageType } from "../../schemas/stages/index.js";
import { withForm } from "./forms.js";
import { limits } from "../definition/limits.js";
import { plain, type Schema } from "./schema.js";
import { shorthandField } from "../definition/shorthand.js";

/** One setting of a stage type, as the reference and `pawl explain` show it. */
export interface SettingRow {
  /** Its place in `with`: `architecture.hiddenSize`, `data[].weight`. */
  name: string;
  type: string;
  required: boolean;
  /** Its default as JSON; absent if it has none. */
  standard?: string;
  /** Its description and bounds. */
  what: string;
}

/**
 * Every setting of a stage type; nested settings follow the setting that contains them. None of the
 * type that stands for the project's own stages: their definitions have them.
 */
export function settingRows(uses: StageType): SettingRow[] {
  return stageDefinitions[uses].ownSettings === undefined && !runsPipeline(uses)
    ? describeSettings(withForm(uses), "")
    : [];
}

/** The outputs of a stage type. */
export function outputRows(uses: StageType): { name: string; kind: string; what: string }[] {
  const kinds = Object.entries(plain(stageDefinitions[uses].outputs).properties ?? {});
  return kinds.map(([name, body]) => ({ name, kind: String(body["x-artifact"]), what: body.description ?? "" }));
}

function describeSettings(schema: Schema, prefix: string): SettingRow[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, body]) => {
    const standard = body["default"];
    const row = {
      name: `${prefix}${name}`,
      type: typeText(body),
      required: standard === undefined && required.has(name),
      ...(standard !== undefined && { standard: formatDefault(standard) }),
      what: [body.description ?? body.items?.description, limits(body)].filter(Boolean).join("; "),
    };
    const inner = [
      ...rowsInside(body, `${prefix}${name}.`),
      ...(body.items === undefined ? [] : rowsInside(body.items, `${prefix}${name}[].`)),
    ];
    return [row, ...inner];
  });
}

const formatDefault = (standard: unknown): string => JSON.stringify(standard).replaceAll('","', '", "');

function rowsInside(body: Schema, prefix: string): SettingRow[] {
  if (typeof body["x-artifact"] === "string") return [];
  const [member] = Object.values(body.patternProperties ?? {});
  return [...describeSettings(body, prefix), ...(member === undefined ? [] : rowsInside(member, `${prefix}NAME.`))];
}

function typeText(schema: Schema): string {
  if (typeof schema["x-artifact"] === "string") return `artifact: ${schema["x-artifact"]}`;
  const [member] = Object.values(schema.patternProperties ?? {});
  if (member !== undefined && schema.type === "object") return `mapping of NAME to ${typeText(member)}`;
  if (schema.type === "array") return `list of ${typeText(schema.items ?? {})}`;
  const field = shorthandField(schema);
  if (field !== undefined)
    return `${typeText(schema.properties![field]!)}, or { ${Object.keys(schema.properties!).join(", ")} }`;
  if (schema.enum !== undefined) return schema.enum.map(String).join(", ");
  return [schema.type ?? "anything"].flat().join(" or ");
}
