import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { moduleFile } from "../../activities/scoring/code-roots.js";
import { moduleImports } from "../../activities/scoring/module-imports.js";
import { readSource } from "../../compiler/definition/source.js";
import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import { packageRoot } from "../../platform/program/locations.js";
import { shippedPipelines } from "../../platform/program/shipped.js";
import type { PipelineDefinition } from "../../schemas/pipeline.js";
import { namesPipeline } from "../../compiler/own-stages.js";
import { schemaPath } from "./common-files.js";
import type { NewFile } from "./new-files.js";

/** Names of the templates: directories of templates/, whose content is that of a project. */
export const templates = ["blank", "train", "fine-tune", "graph", "command", "python"] as const;

export type Template = (typeof templates)[number];

/** The files of a template. */
export function templateFiles(template: Template, project: string): NewFile[] {
  const directory = path.join(packageRoot(), "templates", template);
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return names
    .filter((name) => statSync(path.join(directory, name)).isFile())
    .map((name) => ({ path: name, text: textFor(project, path.join(directory, name)) }));
}

/** What a definition names of Pawl's package: `pipelines/sql/words.sql`. */
const shippedPath = /\b(?:pipelines|stages)\/[\w./-]+\.\w+/g;

/**
 * The files of a shipped pipeline: its definition, the queries, data and code that it names, what
 * these import, and the same of the pipelines that its stages run.
 * @throws PawlError PIPELINE_NOT_FOUND
 */
export async function shippedFiles(name: string, project: string): Promise<NewFile[]> {
  const root = packageRoot();
  const definition = path.join("pipelines", `${name}.yaml`);
  if (!shippedPipelines().includes(definition)) throw notShipped(name);
  const text = textFor(project, path.join(root, definition));
  const named = [...new Set(text.match(shippedPath))].filter((file) => existsSync(path.join(root, file)));
  const modules = named.filter((file) => file.startsWith("stages/"));
  const imported = await Promise.all(modules.map((file) => importedBy(file, root)));
  const rest = [...new Set([...named, ...imported.flat()])].filter((file) => file !== definition).sort();
  const own = rest.map((file) => ({ path: file, text: readFileSync(path.join(root, file), "utf8") }));
  const children = await Promise.all(childrenIn(text).map((child) => shippedFiles(child, project)));
  const files = [{ path: definition, text }, ...own, ...children.flat()];
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** The pipelines that the stages of a shipped definition run, by name. */
function childrenIn(text: string): string[] {
  const { stages } = readSource(text).source!.value as unknown as PipelineDefinition;
  const files = Object.values(stages).map(({ uses }): string => uses);
  return files.filter(namesPipeline).map((file) => path.basename(file, ".yaml"));
}

async function importedBy(module: string, root: string): Promise<string[]> {
  const { files } = await moduleImports(await moduleFile(module, module, root), { where: module, project: root });
  return files.map((file) => path.relative(root, file));
}

/** A file's text, with the path of the schema in its first line as the project sees it. */
function textFor(project: string, file: string): string {
  const schema = path.relative("pipelines", schemaPath(project));
  return readFileSync(file, "utf8").replace(/^(# yaml-language-server: \$schema=).*$/m, (_, key) => `${key}${schema}`);
}

function notShipped(name: string): PawlError {
  const names = shippedPipelines().map((file) => path.basename(file, ".yaml"));
  const guess = nearest(name, names);
  return new PawlError("PIPELINE_NOT_FOUND", `Pawl ships no pipeline ${name}`, {
    where: "--from",
    expected: `one of ${names.join(", ")}`,
    got: name,
    next: guess === undefined ? "write one of these names" : `write ${guess}`,
  });
}
