import { Argument } from "commander";
import { PawlError } from "../../platform/errors.js";
import { commonFiles } from "../initializing/common-files.js";
import { writeNew, type Written } from "../initializing/new-files.js";
import { shippedFiles, templateFiles, templates, type Template } from "../initializing/pipeline-files.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl init [TEMPLATE]`: makes the working directory a project with a first pipeline. Overwrites
 * nothing.
 */
export const init: Verb = (command, terminal) => {
  command
    .addArgument(new Argument("[template]", "a first pipeline (default: blank)").choices(templates))
    .option("--from <pipeline>", "instead: a copy of a pipeline that Pawl ships, with the files that it uses")
    .action(async (template: Template | undefined, { from }: { from?: string }) => {
      if (template !== undefined && from !== undefined) throw both(template, from);
      const project = process.cwd();
      const name = from ?? template ?? "blank";
      const files =
        from === undefined ? templateFiles(template ?? "blank", project) : await shippedFiles(from, project);
      show(writeNew([...commonFiles(project), ...files], project), name, terminal);
    });
};

function show({ wrote, kept }: Written, name: string, terminal: Terminal): void {
  const next = `pawl run ${name}`;
  if (terminal.json) return terminal.out(JSON.stringify({ wrote, kept, next }));
  for (const file of wrote) terminal.out(`${terminal.colors.green("wrote")}  ${file}`);
  for (const { path: file, add } of kept) terminal.out(`kept   ${file}${add === undefined ? "" : `; add ${add}`}`);
  terminal.out(`  next: ${terminal.colors.cyan(next)}`);
}

function both(template: string, from: string): PawlError {
  return new PawlError("NOT_ALLOWED", "a template and --from cannot be combined", {
    expected: "one of them",
    got: `${template} --from ${from}`,
    next: `pawl init ${template}, or pawl init --from ${from}`,
  });
}
