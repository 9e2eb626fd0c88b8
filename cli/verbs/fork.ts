import { compilePipeline } from "../../compiler/index.js";
import { PawlError } from "../../platform/errors.js";
import { producedArtifacts } from "../../schemas/artifact.js";
import type { JsonObject } from "../../platform/json.js";
import type { Plan } from "../../schemas/plan.js";
import { findDefinition, findPlan, findRecord, homeDirectory, useArtifacts } from "../../store/index.js";
import { recordedReader } from "../../worker/pipeline-file.js";
import { projectFiles } from "../../worker/project-files.js";
import { announce } from "../announce.js";
import type { Server } from "../../api/server.js";
import { renewEmbedded, withServer } from "../connect.js";
import { findExecution, unknownRun } from "../../api/find-run.js";
import { follow } from "../follow.js";
import { forecast } from "../forecast.js";
import {
  declaredInputs,
  editedDefinition,
  givenInputs,
  reducedDefinition,
  withoutIncludes,
  type Edits,
} from "../forking/edit-definition.js";
import { keptStages, type ForkedRun } from "../forking/kept-stages.js";
import { readInputs } from "../inputs.js";
import { collect, directory, priority, priorityHelp, runId, wholeNumber } from "../options.js";
import { readPipelineFile } from "../../api/pipeline-file.js";
import { readRun } from "../../api/read-run.js";
import { showForecast } from "../render/forecast.js";
import { newRunId } from "../../api/run-id.js";
import { startRun } from "../../api/start-run.js";
import type { Terminal } from "../terminal.js";
import { queuedState } from "../../workflows/board.js";
import type { Verb } from "./index.js";

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
 * `pawl fork RUN --set stages.chat.with.steps=500`: a new run with an edit. It takes over the finished stages that the edit
 * does not reach, prints what it will do with the others and why, and starts.
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
        const forked = await forkOf(await forkedRun(server, home, runId), options, terminal);
        const request = await requestOf(home, forked, options.from);
        showForecast(await forecast(home, forked.plan, request.stages), terminal);
        if (options.dryRun) return terminal.json ? undefined : terminal.out("  next: the same without --dry-run");
        const workflowId = options.id ?? newRunId(forked.plan.name);
        await startRun(server, home, workflowId, request, options.priority ?? forked.run.priority);
        announce(server, workflowId, "started", terminal);
        if (!options.detach) await follow(server, home, workflowId, terminal);
      });
    });
};

/** @throws PawlError RUN_NOT_FOUND, RUN_NOT_RESUMABLE */
async function forkedRun({ client }: Server, home: string, runId: string): Promise<ForkedRun> {
  const known = await findExecution(client, runId);
  const [plan, text] = [await findPlan(home, runId), await findDefinition(home, runId)];
  if (plan === undefined && known === undefined) throw await unknownRun(client, runId);
  if (plan === undefined || text === undefined || text === "")
    throw new PawlError("RUN_NOT_RESUMABLE", `run ${runId} cannot be forked: its definition is not in the store`, {
      where: home,
      next: "run the file again with `pawl run`: finished stages come from the cache",
    });
  const recorded = await findRecord(home, runId);
  const state = known === undefined ? recorded : (await readRun(client, home, runId)).state;
  const { stages = [], store, priority } = state ?? {};
  return {
    ...{ runId, plan, text, stages },
    ...(store !== undefined && { store }),
    ...(priority !== undefined && { priority }),
  };
}

interface Fork {
  run: ForkedRun;
  definition: string;
  file: string;
  inputs: JsonObject;
  project: string;
  plan: Plan;
}

/** The fork's definition, compiled. @throws PipelineErrors; PawlError of the edits */
async function forkOf(run: ForkedRun, options: Options, terminal: Terminal): Promise<Fork> {
  const edited = options.file === undefined ? undefined : await readPipelineFile(options.file);
  const file = edited?.file ?? run.plan.file ?? "definition";
  const project = options.project ?? run.plan.project ?? process.cwd();
  const readers = projectFiles(project);
  const readDefinition = edited === undefined ? recordedReader(run.plan.files) : readers.readDefinition;
  const given = edited?.text ?? run.text;
  const known = new Set(declaredInputs(given));
  const before = Object.entries(givenInputs(run.text, run.plan.inputs)).filter(([name]) => known.has(name));
  const inputs = { ...Object.fromEntries(before), ...(await readInputs(options, given)) };
  const edits = editsOf(run, options);
  const isEdited = options.set.length > 0 || Object.keys(edits.changes).length > 0;
  const isWhole = !isEdited && options.from === undefined && options.only === undefined;
  const text = editedDefinition(isWhole ? given : await withoutIncludes(given, readDefinition), edits);
  // Lines of an error are those of the edited text.
  const name = text === given ? file : `${file} as edited`;
  const settings = { file: name, inputs, seed: options.seed ?? run.plan.seed, ...readers, readDefinition };
  const { plan, warnings } = await compilePipeline({ text, ...settings });
  for (const { message } of warnings) terminal.note(terminal.colors.yellow(`warning: ${message}`));
  if (options.only === undefined) return { run, definition: text, file, inputs, project, plan };
  const definition = reducedDefinition(text, options.only, plan.stages);
  const reduced = await compilePipeline({ text: definition, ...settings });
  return { run, definition, file, inputs, project, plan: reduced.plan };
}

/** Changes that came with `pawl retry` belong to the run's own definition, not to an edited file. */
function editsOf({ stages }: ForkedRun, { set, file, from }: Options): Edits {
  const changed = file === undefined ? stages.filter(({ changes }) => changes !== undefined) : [];
  const changes = Object.fromEntries(changed.map(({ id, changes }) => [id, changes!]));
  return { set, changes, ...(from !== undefined && { from }) };
}

/** The request that starts the fork. A finished stage whose artifacts are no longer in the store runs again. */
async function requestOf(
  home: string,
  { run, definition, file, inputs, project, plan }: Fork,
  from: string | undefined,
) {
  const stages = keptStages(run, plan, from);
  for (const stage of Object.values(stages))
    if (!useArtifacts(home, producedArtifacts(stage))) stages[stage.id] = queuedState(stage);
  const { store } = run;
  const { seed, files } = plan;
  return {
    ...{ definition, file, inputs, seed, project, stages },
    ...(files && { files }),
    ...(store !== undefined && { store }),
  };
}
