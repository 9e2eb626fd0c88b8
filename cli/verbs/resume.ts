import { readFile } from "node:fs/promises";
import type { Client } from "@temporalio/client";
import { sha256 } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { producedArtifacts } from "../../schemas/artifact.js";
import { stagesToRun } from "../../schemas/matrix.js";
import { pathOf } from "../../platform/shipped.js";
import type { Plan } from "../../schemas/plan.js";
import { taskQueues, workflowType, type RunRequest, type RunState, type StageState } from "../../schemas/run.js";
import { isGrantedPlan, signRequest } from "../../worker/grant.js";
import { initialStates } from "../../workflows/board.js";
import { explainPlan, findDefinition, findPlan, findRecord, homeDirectory, useArtifacts } from "../../store/index.js";
import type { Server } from "../../api/server.js";
import { forkOf } from "../../api/forking/fork-run.js";
import { readPipelineFile } from "../../api/pipeline-file.js";
import { renewEmbedded, withServer } from "../connect.js";
import { findExecution, unknownRun } from "../../api/find-run.js";
import { follow } from "../follow.js";
import { readRun, statusOf } from "../../api/read-run.js";
import { announce } from "../announce.js";
import { priority as asPriority, priorityHelp } from "../options.js";
import { prioritized } from "../../api/start-run.js";
import { shellWord } from "../../report/shell-word.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/**
 * `pawl resume RUN`: restarts a run that ended without success, under its own id and with its own plan. Stages that
 * succeeded are not run again; failed ones resume from their last checkpoint.
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
        const { request, ...before } = await resumedRequest(server, home, runId, terminal);
        await noteChangedFile(home, runId, request.plan!, terminal);
        await start(server.client, runId, signedIfGranted(home, runId, request), priority ?? before.priority);
        announce(server, runId, "resumed", terminal);
        if (!detach) await follow(server, home, runId, terminal);
      });
    });
};

/** What starts the run again. */
interface Resumed {
  request: RunRequest;
  /** That it had. */
  priority?: number;
}

/** The plan and the stages of the run that ended. Throws PawlError RUN_NOT_FOUND, RUN_NOT_RESUMABLE. */
async function resumedRequest(server: Server, home: string, runId: string, terminal: Terminal): Promise<Resumed> {
  const { client, address } = server;
  const execution = await findExecution(client, runId);
  if (execution === undefined) {
    const request = await recordedRequest(client, home, runId);
    terminal.note(`${address} does not know ${runId} (anymore): it resumes from the store's record`);
    return request;
  }
  const status = statusOf(execution);
  if (status === "running") throw notResumable(runId, "it is still running", `pawl watch ${runId}`);
  const { state } = await readRun(client, home, runId);
  const plan: Plan | undefined = state.plan ?? (await findPlan(home, runId));
  // No worker has answered: the store's last record holds people's choices.
  const stages = state.plan === undefined ? (await findRecord(home, runId))?.stages : state.stages;
  if (plan === undefined)
    throw notResumable(
      runId,
      "it ended before its definition was loaded",
      "fix the definition, then run it again with `pawl run`",
    );
  return requestOf(home, runId, plan, { ...state, status, stages: stages ?? [] });
}

/**
 * The same from the store's record. A run whose end was never recorded begins with no finished stage, and finds the results
 * by key.
 */
async function recordedRequest(client: Client, home: string, runId: string): Promise<Resumed> {
  const [plan, record] = [await findPlan(home, runId), await findRecord(home, runId)];
  if (plan === undefined) throw await unknownRun(client, runId);
  return requestOf(home, runId, plan, record ?? { status: "failed", stages: [] });
}

/**
 * The request that resumes a run: its plan, and the states of its stages. A stage whose result is no longer in the store
 * runs again; its choices and its changes are kept.
 * @throws PawlError RUN_NOT_RESUMABLE if the run has succeeded, and all its artifacts are in the store
 */
async function requestOf(
  home: string,
  runId: string,
  plan: Plan,
  { status, stages, store, priority }: Pick<RunState, "status" | "stages" | "store" | "priority">,
): Promise<Resumed> {
  const known: Record<string, StageState> = {};
  let isWhole = true;
  for (const stage of stages) {
    const isThere = useArtifacts(home, producedArtifacts(stage));
    known[stage.id] = isThere ? stage : { ...stage, status: "queued" };
    isWhole &&= isThere;
  }
  if (status === "succeeded" && isWhole) throw nothingLeft(runId);
  const states = initialStates(stagesToRun(plan.stages, stages), known);
  const request = { plan, stages: states, ...(store !== undefined && { store }) };
  return { request, ...(priority !== undefined && { priority }) };
}

/**
 * A run keeps its own copy of its definition, and of those that it names: says so, and what of it the
 * run ignores, if a file has changed since.
 */
async function noteChangedFile(home: string, runId: string, plan: Plan, terminal: Terminal): Promise<void> {
  const { file, project, definitionDigest, files = {} } = plan;
  if (file === undefined || project === undefined) return;
  const named = Object.values(files).map((one): [string, string] => [one.file, sha256(one.text)]);
  for (const [name, digest] of [[file, definitionDigest] as const, ...named]) {
    const text = await readFile(pathOf(name, project), "utf8").catch(() => undefined);
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
    const edited = await readPipelineFile(pathOf(file, plan.project!));
    const text = (await findDefinition(home, runId)) ?? edited.text;
    const { plan: changed } = await forkOf({ runId, plan, text, stages: [] }, { set: [], edited, inputs: () => ({}) });
    return explainPlan(plan, changed);
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    return [`all of it, for it has errors now: pawl validate ${shellWord(file)}`];
  }
}

/**
 * With a signature, the changes of a run that may run code count as accepted: here they come from the run itself. It gains
 * no rights.
 */
function signedIfGranted(home: string, runId: string, request: RunRequest): RunRequest {
  return request.plan && isGrantedPlan(home, runId, request.plan) ? signRequest(home, runId, request) : request;
}

async function start(client: Client, runId: string, request: RunRequest, priority?: number): Promise<void> {
  const options = { workflowId: runId, taskQueue: taskQueues.cpu, ...prioritized(priority) };
  try {
    await client.workflow.start(workflowType, { ...options, args: [request] });
  } catch (error) {
    // Someone else has resumed it in between.
    if ((error as Error).name === "WorkflowExecutionAlreadyStartedError")
      throw notResumable(runId, "it is still running", `pawl watch ${runId}`);
    throw error;
  }
}

function nothingLeft(runId: string): PawlError {
  return notResumable(runId, "it has succeeded: there is nothing left to do", `pawl status ${runId}`);
}

function notResumable(runId: string, why: string, next: string): PawlError {
  return new PawlError("RUN_NOT_RESUMABLE", `run ${runId} cannot be resumed: ${why}`, { next });
}
