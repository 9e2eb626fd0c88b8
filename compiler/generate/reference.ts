import { stageDefinitions, stageTypes, type StageType } from "../../schemas/stages/index.js";
import { wrapped } from "../../platform/text/wrap.js";
import { DEFAULTS } from "../definition/defaults.js";
import { plain, type Schema } from "../schema/schema.js";
import { limits } from "../definition/limits.js";
import { outputRows, settingRows } from "../schema/stage-reference.js";
import { settings } from "../../schemas/pipeline.js";

/** Puts the tables that follow from the schemas between their markers in the reference. */
export function referenceDocument(text: string): string {
  return between(between(text, "settings", settingsTable()), "stages", stagesTable());
}

/** The reference of stage types: each with an example, its settings, outputs and metrics. */
export function stagesDocument(): string {
  return `${head}\n${stageTypes.map(stageSection).join("\n")}`;
}

const head = `# Stage types
The settings of each stage type (under \`with\`), its outputs and its metrics. \`pawl explain STAGE\` prints the same.
The examples go under \`stages:\`; together they are one pipeline. All other keys of a stage are the same for all types:
see [Stages](language.md#stages).
`;

function stagesTable(): string {
  const rows = stageTypes.map((uses) => [`[\`${uses}\`](stages.md#${uses})`, stageDefinitions[uses].summary]);
  return table(["type", "what it does"], rows);
}

function between(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- generated: ${name} -->\n`, "<!-- end -->"];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`docs/reference/language.md has no place for ${name}`);
  return text.slice(0, from + start.length) + content + text.slice(to);
}

function settingsTable(): string {
  const rows = Object.entries(settings).flatMap(([name, schema]) => commonRows(name, plain(schema), [name]));
  return table(["key", "default", "description"], rows);
}

function commonRows(name: string, schema: Schema, path: string[]): string[][] {
  if (schema.type === "object")
    return Object.entries(schema.properties ?? {}).flatMap(([key, body]) =>
      commonRows(`${name}.${key}`, body, [...path, key]),
    );
  const standard = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], DEFAULTS);
  return [[code(name), code(String(standard)), [schema.description, limits(schema)].filter(Boolean).join("; ")]];
}

function stageSection(uses: StageType): string {
  const { summary, example, metrics } = stageDefinitions[uses];
  return [
    `## ${uses}`,
    "",
    wrapped(`${sentence(summary)}.`, 120),
    "",
    `\`\`\`yaml\n${example.trim()}\n\`\`\``,
    "",
    table(
      ["`with`", "type", "default", "description"],
      settingRows(uses).map(({ name, type, required, standard, what }) => [
        code(name),
        type,
        standard === undefined ? (required ? "**required**" : "") : code(standard),
        what,
      ]),
    ),
    table(
      ["output", "kind", "description"],
      outputRows(uses).map(({ name, kind, what }) => [code(name), kind, what]),
    ),
    table(
      ["metric", "unit", "description"],
      Object.entries(metrics).map(([name, { unit, description }]) => [code(name), unit, description]),
    ),
  ].join("\n");
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const code = (text: string) => (text === "" ? "" : `\`${text}\``);

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return "";
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}
