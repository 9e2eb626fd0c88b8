import path from "node:path";
import { openHome, homeDirectory } from "../../store/home.js";
import { importRun } from "../../store/run-file/import-run.js";
import { directory, runId } from "../options.js";
import type { Verb } from "../verb.js";

interface Options {
  project?: string;
  id?: string;
}

/** `pawl import FILE`: takes a run that `pawl export` wrote into this store. */
export const importVerb: Verb = (command, terminal) => {
  command
    .argument("<file>")
    .option("--project <directory>", "the run's project directory here (default: the working directory)", directory)
    .option("--id <run>", "the run's id here (default: the one it had)", runId)
    .action(async (file: string, { project = process.cwd(), id }: Options) => {
      const home = homeDirectory();
      openHome(home);
      const request = { file: path.resolve(file), project, ...(id !== undefined && { id }) };
      const imported = await importRun(home, request);
      if (terminal.json) {
        const { runId: run, ...rest } = imported;
        return terminal.out(JSON.stringify({ run, ...rest }));
      }
      const { runId: run, artifacts, results, children } = imported;
      terminal.out(`imported ${terminal.colors.bold(run)}: ${artifacts.length} artifacts`);
      terminal.out(`  ${results.length} results that a run of the same code takes from the cache`);
      if (children.length > 0) terminal.out(`  with the runs of child pipelines: ${children.join(", ")}`);
      terminal.out(`  next: pawl status ${run}, pawl fork ${run}`);
    });
};
