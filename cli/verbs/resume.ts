import { readFile } from "node:fs/promises";
import { compileFork } from "../../api/forking/fork-run.js";
import { readPipelineFile } from "../../api/definitions/pipeline-file.js";
import { resumeRun } from "../../api/acting/resume-run.js";
import { sha256 } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { resolveFile } from "../../platform/program/shipped.js";
import { shellWord } from "../../report/shell-word.js";
import type { Plan } from "../../schemas/plan.js";
import { explainPlan } from "../../store/changes/definition-changes.js";
import { homeDirectory } from "../../store/home.js";
import { findDefinition } from "../../store/records/runs.js";
import { announce } from "../announce.js";
import { renewEmbedded, withServer } from "../connect.js";
import { follow } from "../follow.js";
import { priority as asPriority, priorityHelp } from "../options.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl resume RUN`: restarts a run that ended without success, under its own id and with its own
 * plan. Stages that succeeded are not run again; failed ones resume from their last checkpoint.
 */
export const resume: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("-d, --detach", "do not watch the run")
    .option("--priority <number>", `${priorityHelp} (default: that of the run)`, asPriority)
    .action(async (runId: string, { detach, priority }: { detach?: boolean; priority?: number }) => {
      const home = homeDirectory();
      await renewEmbedded(home, terminal);
      await withServer(home, terminal, async (server) => {
        await resumeRun(server.client, home, runId, priority, async ({ plan, isFromRecord }) => {
          if (isFromRecord)
            terminal.note(`${server.address} does not know ${runId} (anymore): it resumes from the store's record`);
          await noteChangedFile(home, runId, plan, terminal);
        });
        announce(server, runId, "resumed", terminal);
        if (!detach) await follow(server, home, runId, terminal);
      });
    });
};

/**
 * A run keeps its own copy of its definition, and of those that it names: says so, and what of it
 * the run ignores, if a file has changed since.
 */
async function noteChangedFile(home: string, runId: string, plan: Plan, terminal: Terminal): Promise<void> {
  const { file, project, definitionDigest, files = {} } = plan;
  if (file === undefined || project === undefined) return;
  const named = Object.values(files).map((one): [string, string] => [one.file, sha256(one.text)]);
  for (const [name, digest] of [[file, definitionDigest] as const, ...named]) {
    const text = await readFile(resolveFile(name, project), "utf8").catch(() => undefined);
    if (text === undefined || sha256(text) === digest) continue;
    const fork = `pawl fork ${runId} --file ${shellWord(file)}`;
    terminal.note(`${name} has changed since; the run resumes with its own copy (to use the changed file: ${fork})`);
    for (const change of await ignoredChanges(home, runId, plan, file)) terminal.note(`  ignored: ${change}`);
    return;
  }
}

/** What a run would do differently with the changed file. */
async function ignoredChanges(home: string, runId: string, plan: Plan, file: string): Promise<string[]> {
  try {
    const edited = await readPipelineFile(resolveFile(file, plan.project!));
    const text = (await findDefinition(home, runId)) ?? edited.text;
    const { plan: changed } = await compileFork(
      { runId, plan, text, stages: [] },
      { set: [], edited, inputs: () => ({}) },
    );
    return explainPlan(plan, changed);
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    return [`all of it, for it has errors now: pawl validate ${shellWord(file)}`];
  }
}
