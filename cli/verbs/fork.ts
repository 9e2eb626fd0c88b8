import { expectedWork } from "../../api/forecasting/expected-work.js";
import { forecast } from "../../api/forecasting/forecast.js";
import { forkedRun, compileFork, forkRequest, type ForkChanges } from "../../api/forking/fork-run.js";
import { readPipelineFile } from "../../api/definitions/pipeline-file.js";
import { newRunId } from "../../api/acting/run-id.js";
import { startRun } from "../../api/acting/start-run.js";
import { homeDirectory } from "../../store/home.js";
import { announce } from "../announce.js";
import { renewEmbedded, withServer } from "../connect.js";
import { follow } from "../follow.js";
import { readInputs } from "../inputs.js";
import { collect, directory, priority, priorityHelp, runId, wholeNumber } from "../options.js";
import { showForecast } from "../render/forecast.js";
import type { Verb } from "../verb.js";

interface Options {
  set: string[];
  input: string[];
  inputs?: string;
  seed?: number;
  file?: string;
  from?: string;
  only?: string;
  project?: string;
  priority?: number;
  id?: string;
  dryRun?: boolean;
  detach?: boolean;
}

/**
 * `pawl fork RUN --set stages.chat.with.steps=500`: a new run with an edit. It takes over the
 * finished stages that the edit does not reach, prints what it will do with the others and why, and
 * starts.
 */
export const fork: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("--set <stages.stage.with.key=value>", "a changed setting; may be repeated", collect, [])
    .option("--file <file.yaml>", "an edited definition, instead of the run's own")
    .option("-i, --input <key=value>", "a changed input; may be repeated", collect, [])
    .option("--inputs <file.json>", "changed inputs from a JSON file")
    .option("--seed <number>", "another seed", wholeNumber(0))
    .option("--from <stage>", "run this stage again, and those after it if its result differs")
    .option("--only <stage>", "run no stage that does not lead to this one")
    .option("--dry-run", "print what would run, and start nothing")
    .option("-d, --detach", "start the run and return immediately")
    .option("--project <directory>", "the project directory (default: that of the run)", directory)
    .option("--priority <number>", `${priorityHelp} (default: that of the run)`, priority)
    .option("--id <run>", "the new run's id (default: the pipeline's name and six characters)", runId)
    .action(async (runId: string, options: Options) => {
      const home = homeDirectory();
      await renewEmbedded(home, terminal);
      await withServer(home, terminal, async (server) => {
        const forked = await compileFork(await forkedRun(server, home, runId), await parseChanges(options));
        for (const { message } of forked.warnings) terminal.note(terminal.colors.yellow(`warning: ${message}`));
        const request = await forkRequest(home, forked, options.from);
        const forecasts = await forecast(home, forked.plan, request.stages);
        const project = forked.plan.project ?? process.cwd();
        showForecast(await expectedWork(home, forked.plan, forecasts, project), terminal);
        if (options.dryRun) return terminal.json ? undefined : terminal.out("  next: the same without --dry-run");
        const workflowId = options.id ?? newRunId(forked.plan.name);
        await startRun(server, home, workflowId, request, options.priority ?? forked.run.priority);
        announce(server, workflowId, "started", terminal);
        if (!options.detach) await follow(server, home, workflowId, terminal);
      });
    });
};

async function parseChanges(options: Options): Promise<ForkChanges> {
  const { set, seed, from, only, project, file } = options;
  return {
    set,
    ...(file !== undefined && { edited: await readPipelineFile(file) }),
    inputs: (text) => readInputs(options, text),
    ...(seed !== undefined && { seed }),
    ...(from !== undefined && { from }),
    ...(only !== undefined && { only }),
    ...(project !== undefined && { project }),
  };
}
