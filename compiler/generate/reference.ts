import { stageDefinitions, stageTypes, type StageType } from "../../schemas/stages/index.js";
import { DEFAULTS } from "../defaults.js";
import type { Schema } from "../schema.js";
import { plain, withForm } from "../forms.js";
import { shorthandField } from "../shorthand.js";
import { settings } from "../../schemas/pipeline.js";
import { limits } from "./limits.js";

/** Puts the tables that follow from the schemas between their markers in the reference. */
export function referenceDocument(text: string): string {
  return between(between(text, "settings", settingsTable()), "stages", stageTypes.map(stageSection).join("\n"));
}

function between(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- generated: ${name} -->\n`, "<!-- end -->"];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`docs/language.md has no place for ${name}`);
  return text.slice(0, from + start.length) + content + text.slice(to);
}

function settingsTable(): string {
  const rows = Object.entries(settings).flatMap(([name, schema]) => settingRows(name, plain(schema), [name]));
  return table(["key", "default", "what it is"], rows);
}

function settingRows(name: string, schema: Schema, path: string[]): string[][] {
  if (schema.type === "object")
    return Object.entries(schema.properties ?? {}).flatMap(([key, body]) =>
      settingRows(`${name}.${key}`, body, [...path, key]),
    );
  const standard = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], DEFAULTS);
  return [[code(name), code(String(standard)), [schema.description, limits(schema)].filter(Boolean).join("; ")]];
}

function stageSection(uses: StageType): string {
  const { summary, outputs, metrics } = stageDefinitions[uses];
  const kinds = Object.entries(plain(outputs).properties ?? {});
  return [
    `### ${uses}`,
    "",
    `${summary}.`,
    "",
    table(["`with`", "type", "default", "what it is"], fieldRows(withForm(uses), "")),
    table(
      ["output", "kind", "what it is"],
      kinds.map(([name, body]) => [code(name), String(body["x-artifact"]), body.description ?? ""]),
    ),
    table(
      ["metric", "unit", "what it is"],
      Object.entries(metrics).map(([name, { unit, description }]) => [code(name), unit, description]),
    ),
  ].join("\n");
}

function fieldRows(schema: Schema, prefix: string): string[][] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, body]) => {
    const standard = body["default"];
    const missing = required.has(name) ? "**required**" : "";
    const inner = [
      ...fieldsInside(body, `${prefix}${name}.`),
      ...(body.items === undefined ? [] : fieldsInside(body.items, `${prefix}${name}[].`)),
    ];
    const shown = standard === undefined ? missing : code(JSON.stringify(standard));
    const what = [body.description ?? body.items?.description, limits(body)].filter(Boolean).join("; ");
    return [[code(`${prefix}${name}`), typeText(body), shown, what], ...inner];
  });
}

function fieldsInside(body: Schema, prefix: string): string[][] {
  return typeof body["x-artifact"] === "string" || body.properties === undefined ? [] : fieldRows(body, prefix);
}

function typeText(schema: Schema): string {
  if (typeof schema["x-artifact"] === "string") return `artifact: ${schema["x-artifact"]}`;
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  const field = shorthandField(schema);
  if (field !== undefined)
    return `${typeText(schema.properties![field]!)}, or { ${Object.keys(schema.properties!).join(", ")} }`;
  if (schema.enum !== undefined) return schema.enum.map((word) => code(String(word))).join(", ");
  return [schema.type ?? "anything"].flat().join(" or ");
}

const code = (text: string) => (text === "" ? "" : `\`${text}\``);

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return "";
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}
