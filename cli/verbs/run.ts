import { runRequest } from "../../api/definitions/compile-run.js";
import { priorities } from "../../schemas/run.js";
import { homeDirectory } from "../../store/home.js";
import { announce } from "../announce.js";
import { renewEmbedded, withServer } from "../connect.js";
import { compileDefinition, definitionOptions, type DefinitionOptions } from "../definition-options.js";
import { follow } from "../follow.js";
import { directory, priority, priorityHelp, runId } from "../options.js";
import { newRunId } from "../../api/acting/run-id.js";
import { startRun } from "../../api/acting/start-run.js";
import { showInStudio } from "../studio/open.js";
import type { Verb } from "../verb.js";

interface Options extends DefinitionOptions {
  detach?: boolean;
  id?: string;
  project?: string;
  priority?: number;
  open?: boolean;
}

/**
 * `pawl run PIPELINE`: compiles, starts, and watches. The run does not need this process and
 * survives its end.
 */
export const run: Verb = (command, terminal) => {
  definitionOptions(command.argument("<pipeline>", "a file, or a name in pipelines/"))
    .option("-d, --detach", "start the run and return immediately")
    .option("--project <directory>", "the project directory as the workers see it (default: this directory)", directory)
    .option("--id <run>", "the run's id (default: the pipeline's name and six characters)", runId)
    .option("--open", "show the run in the studio, which is started if none runs")
    .option("--priority <number>", `${priorityHelp} (default: ${priorities.usual})`, priority)
    .action(async (name: string, options: Options) => {
      const home = homeDirectory();
      const compiled = await compileDefinition(name, options, terminal);
      const request = runRequest({ ...compiled, project: options.project ?? compiled.project });
      const workflowId = options.id ?? newRunId(compiled.plan.name);
      await renewEmbedded(home, terminal);
      await withServer(home, terminal, async (server) => {
        await startRun(server, home, workflowId, request, options.priority);
        announce(server, workflowId, "started", terminal);
        if (options.open) await showInStudio(home, workflowId, terminal);
        if (!options.detach) return follow(server, home, workflowId, terminal);
        if (!terminal.json) terminal.out(`  next: pawl watch ${workflowId}`);
      });
    });
};
