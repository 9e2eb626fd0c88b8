import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { editorSchema } from "../../compiler/generate/editor-schema.js";
import type { DescribeStage } from "../../compiler/own-stages.js";
import { pipelineFiles } from "../../worker/project/pipeline-file.js";
import { projectFiles } from "../../worker/project/project-files.js";
import { exitCodes } from "../exit-codes.js";
import { projectSchema } from "../initializing/common-files.js";
import { projectStages, type ProjectStages } from "../../api/definitions/project-stages.js";
import { renderError, toShown } from "../render/error.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl schema`: writes the editor's schema of this project, which also describes the settings of
 * its own stages.
 */
export const schema: Verb = (command, terminal) => {
  command.action(async () => {
    const project = process.cwd();
    await writeSchema(project, projectFiles(project).describeStage, terminal);
  });
};

/** A stage that cannot be loaded is reported, and left out. */
export async function writeSchema(project: string, describe: DescribeStage, terminal: Terminal): Promise<void> {
  const found = await projectStages(project, describe);
  writeFileSync(path.join(project, projectSchema), `${JSON.stringify(editorSchema(found.stages), null, 2)}\n`);
  if (found.errors.length > 0) terminal.exitCode = exitCodes.invalid;
  show(found, await filesWithout(project), terminal);
}

const firstLine = `# yaml-language-server: $schema=../${projectSchema}`;

/** The pipelines whose first line does not name the schema: an editor uses another one. */
async function filesWithout(project: string): Promise<string[]> {
  const files = await pipelineFiles(project);
  return files.filter((file) => !readFileSync(path.join(project, file), "utf8").startsWith(`${firstLine}\n`));
}

function show({ stages, errors }: ProjectStages, without: string[], terminal: Terminal): void {
  const { green } = terminal.colors;
  const names = [...stages.keys()];
  if (terminal.json) {
    const printable = errors.map(toShown);
    return terminal.out(JSON.stringify({ wrote: projectSchema, stages: names, errors: printable, without }));
  }
  for (const error of errors) terminal.note(`${renderError(toShown(error), terminal.colors)}\n`);
  terminal.out(
    `${green("wrote")}  ${projectSchema}  ${names.length === 0 ? "no stages of its own" : names.join(", ")}`,
  );
  if (without.length > 0) terminal.out(`  next: begin ${without.join(", ")} with the line ${firstLine}`);
}
