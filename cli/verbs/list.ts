import { InvalidArgumentError, Option } from "commander";
import type { Client, WorkflowExecutionDescription } from "@temporalio/client";
import { mapBounded } from "../../platform/map-bounded.js";
import { durationMs, isDuration } from "../../schemas/duration.js";
import { countChosen } from "../../schemas/choices.js";
import { isOver, workflowType, type RunStatus } from "../../schemas/run.js";
import { homeDirectory } from "../../store/home.js";
import { listRecords } from "../../store/records/runs.js";
import { connectIfUp } from "../../api/servers/server.js";
import { findExecution } from "../../api/reading/find-run.js";
import { asServerError } from "../../api/servers/grpc.js";
import { wholeNumber } from "../options.js";
import { heldStatus, readRunState, serverStatus } from "../../api/reading/read-run.js";
import { table } from "../render/table.js";
import type { Colors, Terminal } from "../terminal.js";
import { runStatusWord } from "../../report/stage-words.js";
import { ago, duration } from "../../report/values.js";
import type { Verb } from "../verb.js";

/** A run as the list shows it. */
interface ListedRun {
  run: string;
  /** The pipeline's name; absent if the store has no record of the run. */
  pipeline?: string;
  status: RunStatus;
  /** ISO 8601. */
  startedAt: string;
  endedAt?: string;
  /** Choices made and their target, if a stage requests choices. */
  choiceRequest?: { chosen: number; target: number };
  /** From the store's record: the server is not up, or does not know the run. */
  recorded?: true;
  /** The run that it is a child of. */
  parent?: string;
}

const most = 50;
/** Runs that are looked through for those asked for, the newest first. */
const maxSearched = 1000;

/** Which runs are listed. */
export interface Wanted {
  limit: number;
  status?: string[];
  pipeline?: string;
  /** Started after it; epoch ms. */
  sinceMs?: number;
  /** Runs of child pipelines, too. */
  children?: boolean;
}
/**
 * `pawl list`: runs, newest first, from the server if it is up; those that it does not know, from
 * the store's records.
 */
export const list: Verb = (command, terminal) => {
  command
    .option("--limit <count>", "maximum number of runs", wholeNumber(1), most)
    .addOption(new Option("--status <status...>", "only runs with one of these").choices(statuses))
    .option("--pipeline <name>", "only runs of this pipeline")
    .option("--since <duration>", "only runs started in this time: 30m, 12h, 7d", parseStart)
    .option("--children", "also runs of pipelines that are stages of others")
    .action(async ({ since, ...options }: Omit<Wanted, "sinceMs"> & { since?: number }) => {
      const home = homeDirectory();
      const wanted = { ...options, ...(since !== undefined && { sinceMs: since }) };
      const server = await connectIfUp(home);
      if (server === undefined) {
        const known = (await recorded(home)).filter((run) => isWanted(run, wanted));
        return show(known.slice(0, wanted.limit), terminal, "the server is not up (pawl up)", wanted);
      }
      try {
        const runs = await listedAndRecorded(server.client, home, wanted);
        show(runs, terminal, "the server does not know this run (anymore)", wanted);
      } catch (error) {
        throw asServerError(error, server);
      } finally {
        await server.close();
      }
    });
};

/** Runs that the server knows and those that only the store does, newest first. */
export async function listedAndRecorded(client: Client, home: string, wanted: Wanted): Promise<ListedRun[]> {
  const { limit, status, pipeline, sinceMs, children = false } = wanted;
  const isAll = status === undefined && pipeline === undefined && sinceMs === undefined;
  const records = await recorded(home);
  const pipelines = new Map(records.map((record) => [record.run, record.pipeline]));
  const runs = (await listed(client, isAll ? limit : maxSearched, children)).map((run): ListedRun => {
    const name = pipelines.get(run.run);
    return name === undefined ? run : { ...run, pipeline: name };
  });
  const known = new Set(runs.map(({ run }) => run));
  const others = records.filter(({ run }) => !known.has(run));
  // What people are asked may change the status, so that it is compared last.
  const newest = [...runs, ...others]
    .filter((run) => isWanted(run, { ...wanted, status: undefined }))
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt))
    .slice(0, isAll ? limit : maxSearched);
  const visibleRuns = await mapBounded(newest, runsAtOnce, (run) =>
    run.recorded ? asServerKnows(client, run) : waitingFor(client, run),
  );
  return visibleRuns.filter((run) => isWanted(run, wanted)).slice(0, limit);
}

/** Runs whose workflows are asked at the same time. */
const runsAtOnce = 50;

function isWanted(
  { status, pipeline, startedAt, parent }: ListedRun,
  {
    status: among,
    pipeline: name,
    sinceMs = 0,
    children = false,
  }: Omit<Wanted, "limit" | "status"> & { status?: string[] | undefined },
): boolean {
  if (among !== undefined && !among.includes(runStatusWord(status))) return false;
  if (parent !== undefined && !children) return false;
  return (name === undefined || name === pipeline) && Date.parse(startedAt) >= sinceMs;
}

/** Statuses of a run, as they are shown. */
const statuses = ["running", "parked", "waiting", "paused", "succeeded", "failed", "canceled"];

/** The time that a duration goes back to, epoch ms. Throws InvalidArgumentError. */
function parseStart(text: string): number {
  if (isDuration(text)) return Date.now() - durationMs(text);
  throw new InvalidArgumentError("It must be a duration such as 30m, 12h or 7d.");
}

/**
 * A run that is not in the server's list may still be known to the server: not indexed yet, or
 * beyond the list's limit.
 */
async function asServerKnows(client: Client, run: ListedRun): Promise<ListedRun> {
  const found = await findExecution(client, run.run);
  if (found === undefined) return run;
  const known = { ...listedRun(found), ...(run.pipeline !== undefined && { pipeline: run.pipeline }) };
  return waitingFor(client, known);
}

type Told = Pick<
  WorkflowExecutionDescription,
  "workflowId" | "startTime" | "closeTime" | "status" | "parentExecution" | "memo"
>;

/**
 * A run as the server's list has it, which knows what the run last told it of itself
 * (workflows/listing.ts).
 */
function listedRun({ workflowId, startTime, closeTime, status: execution, parentExecution, memo }: Told): ListedRun {
  const status = serverStatus({ status: execution });
  return {
    run: workflowId,
    status: (status === "running" ? heldStatus(memo) : undefined) ?? status,
    startedAt: startTime.toISOString(),
    ...(closeTime !== undefined && { endedAt: closeTime.toISOString() }),
    ...(parentExecution?.workflowId && { parent: parentExecution.workflowId }),
  };
}

async function listed(client: Client, limit: number, children: boolean): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  // A resumed run is several executions of one id: the newest, which comes first, counts.
  const seen = new Set<string>();
  for await (const found of client.workflow.list({ query: `WorkflowType = '${workflowType}'` })) {
    if (seen.has(found.workflowId)) continue;
    seen.add(found.workflowId);
    const run = listedRun(found);
    if (run.parent === undefined || children) runs.push(run);
    if (runs.length >= limit) break;
  }
  return runs;
}

/** Adds whether a run waits for people; if no worker answers, as the server's list has it. */
async function waitingFor(client: Client, run: ListedRun): Promise<ListedRun> {
  if (isOver(run.status)) return run;
  const state = await readRunState(client, run.run);
  if (state === undefined) return run;
  const { status, stages, queue } = state;
  if (status === "parked" || status === "paused" || (status === "waiting" && queue !== undefined))
    return { ...run, status };
  const asks = stages.find((stage) => stage.status === "waiting");
  if (asks?.approval !== undefined || asks?.child !== undefined) return { ...run, status: "waiting" };
  const choiceRequest = asks?.choiceRequest;
  return choiceRequest
    ? { ...run, status: "waiting", choiceRequest: { chosen: countChosen(choiceRequest), target: choiceRequest.target } }
    : { ...run, status: "running" };
}

async function recorded(home: string): Promise<ListedRun[]> {
  return (await listRecords(home)).map(({ runId, pipeline, status, startedAt, endedAt, parent }) => {
    return {
      run: runId,
      pipeline,
      status,
      startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      recorded: true as const,
      ...(parent && { parent: parent.run }),
    };
  });
}

/** @param reason why some runs are shown from the store's records */
function show(runs: ListedRun[], terminal: Terminal, reason: string, { limit: _limit, ...filters }: Wanted): void {
  if (terminal.json) return terminal.out(JSON.stringify(runs));
  if (runs.length === 0 && Object.keys(filters).length > 0)
    return terminal.out(`none of the newest ${maxSearched} runs is of this kind\n  next: pawl list`);
  if (runs.length === 0) return terminal.out("no runs yet\n  next: pawl run tiny");
  const now = new Date();
  const rows = runs.map(({ run, status, choiceRequest, startedAt, endedAt, recorded }) => [
    run,
    statusColor(status, terminal.colors)(runStatusWord(status)) +
      (recorded ? "*" : "") +
      (choiceRequest ? ` ${choiceRequest.chosen} of ${choiceRequest.target} · pawl choose ${run}` : ""),
    ago(new Date(startedAt), now),
    duration((endedAt === undefined ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt)),
  ]);
  terminal.out(table(["run", "status", "started", "took"], rows, terminal.colors));
  if (runs.some(({ recorded }) => recorded)) terminal.note(terminal.colors.dim(`* ${reason}: as last recorded`));
}

function statusColor(status: string, colors: Colors): (text: string) => string {
  if (status === "succeeded") return colors.green;
  if (status === "failed") return colors.red;
  return status === "running" ? colors.cyan : colors.yellow;
}
