import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";
import type { NewFile } from "./new-files.js";

const schema = path.join("schemas", "pipeline.schema.json");

/** The schema that `pawl schema` writes, below the project directory. */
export const projectSchema = "pipeline.schema.json";

/**
 * The path of the language's JSON Schema from a project directory: the project's own one if it has
 * one.
 */
export function schemaPath(project: string): string {
  if (existsSync(path.join(project, projectSchema))) return projectSchema;
  const beside = path.join("node_modules", "pawl", schema);
  // The package itself may be elsewhere, behind a link.
  return existsSync(path.join(project, beside)) ? beside : path.relative(project, path.join(packageRoot(), schema));
}

/** The files that every project has, whatever its pipelines. */
export function commonFiles(project: string): NewFile[] {
  return [packageFile(project), ignored(), editorSettings(project)];
}

function packageFile(project: string): NewFile {
  const name = path
    .basename(project)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const content = { name: name || "pipelines", private: true, type: "module" };
  return { path: "package.json", text: json(content), missingIn: () => undefined };
}

function ignored(): NewFile {
  const lines = ["node_modules/", ".pawl/", "exports/"];
  return {
    path: ".gitignore",
    text: `${lines.join("\n")}\n`,
    missingIn(existing) {
      const missing = lines.filter((line) => !existing.split("\n").includes(line));
      return missing.length === 0 ? undefined : missing.join(" and ");
    },
  };
}

/** Maps the schema to the pipelines, for editors with the YAML language server. */
function editorSettings(project: string): NewFile {
  const settings = { "yaml.schemas": { [`./${schemaPath(project)}`]: "pipelines/*.yaml" } };
  return {
    path: path.join(".vscode", "settings.json"),
    text: json(settings),
    missingIn: (existing) => (existing.includes(projectSchema) ? undefined : JSON.stringify(settings)),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
