import { setTimeout as sleep } from "node:timers/promises";
import { InvalidArgumentError, type Command } from "commander";
import type { Client, ScheduleHandle } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/home.js";
import { signSchedule } from "../../worker/authority/requests.js";
import type { Server } from "../../api/servers/server.js";
import { renewEmbedded, withServer } from "../connect.js";
import { compileDefinition, definitionOptions, type DefinitionOptions } from "../definition-options.js";
import { findExecution } from "../../api/reading/find-run.js";
import { directory } from "../options.js";
import { serverStatus } from "../../api/reading/read-run.js";
import { table } from "../render/table.js";
import { backfill, time } from "../scheduling/backfill.js";
import {
  applySchedule,
  knownSchedule,
  recordedDefinition,
  scheduleNames,
  whenText,
  type KnownSchedule,
} from "../scheduling/schedules.js";
import type { Terminal } from "../terminal.js";
import { runStatusWord } from "../../report/stage-words.js";
import type { Verb } from "../verb.js";

/**
 * `pawl schedule`: pipelines that the server starts by itself, as the key `schedule` of their
 * definitions says.
 */
export const schedule: Verb = (command, terminal) => {
  apply(command.command("apply").description("create a schedule from a pipeline, or update it"), terminal);
  command
    .command("list")
    .description("print all schedules")
    .action(() => withServer(homeDirectory(), terminal, (server) => list(server, terminal)));
  backfillCommand(command.command("backfill").description("start the runs of a past span"), terminal);
  for (const [name, { description, act }] of Object.entries(acts))
    command
      .command(name)
      .description(description)
      .argument("<schedule>")
      .action((schedule: string) =>
        withServer(homeDirectory(), terminal, async (server) => {
          const known = await knownSchedule(server.client, schedule);
          const { text, ...event } = await act(known, server.client);
          terminal.out(terminal.json ? JSON.stringify({ schedule, ...event }) : text);
        }),
      );
};

interface ApplyOptions extends DefinitionOptions {
  name?: string;
  project?: string;
}

function apply(command: Command, terminal: Terminal): void {
  definitionOptions(command.argument("<pipeline>", "a file, or a name in pipelines/"))
    .option("--name <name>", "the schedule's name (default: that of the pipeline)", scheduleName)
    .option("--project <directory>", "the project directory as the workers see it (default: this directory)", directory)
    .action(async (pipeline: string, options: ApplyOptions) => {
      const home = homeDirectory();
      const { plan, schedule, text, file, inputs } = await compileDefinition(pipeline, options, terminal);
      if (schedule === undefined) throw noSchedule(file);
      const { name = plan.name, project = process.cwd() } = options;
      const request = signSchedule(home, name, { definition: text, file, inputs, seed: plan.seed, project });
      await renewEmbedded(home, terminal);
      await withServer(home, terminal, async ({ client, embedded }) => {
        const done = await applySchedule(client, name, schedule, request);
        const next = await nextTime(await knownSchedule(client, name));
        if (terminal.json) return terminal.out(JSON.stringify({ schedule: name, event: done, next }));
        terminal.out(`${done} ${terminal.colors.bold(name)}: ${whenText(schedule)}; next run ${next ?? "never"}`);
        if (embedded) terminal.out(terminal.colors.dim("  runs start while the embedded server is up: pawl up"));
        terminal.out(`  next: pawl schedule trigger ${name}`);
      });
    });
}

function backfillCommand(command: Command, terminal: Terminal): void {
  command
    .argument("<schedule>")
    .option("--from <time>", "the first time, such as 2026-11-28 or 2026-11-28T02:00:00Z", time)
    .option("--to <time>", "the last time (default: now)", time)
    .action((schedule: string, { from, to = new Date() }: { from?: Date; to?: Date }) =>
      withServer(homeDirectory(), terminal, async ({ client }) => {
        if (from === undefined)
          throw new PawlError("MISSING_KEY", "the span has no first time", {
            next: "add --from, such as --from 2026-11-28",
          });
        const times = await backfill(client, await knownSchedule(client, schedule), from, to);
        if (terminal.json) return terminal.out(JSON.stringify({ schedule, event: "backfilled", times }));
        terminal.out(`${times.length} runs of ${schedule} start, one after the other\n  next: pawl list`);
      }),
    );
}

/** A schedule's name is the beginning of its runs' ids. */
function scheduleName(text: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError("It must have 1 to 64 lower-case letters, digits, '.', '_' and '-'.");
}

function noSchedule(file: string): PawlError {
  return new PawlError("MISSING_KEY", "the pipeline has no schedule", {
    where: file,
    expected: "the key schedule",
    next: 'add schedule: { cron: "0 2 * * *" } (every night at 2:00)',
  });
}

/** What an act prints, as text and as JSON. */
interface Done {
  text: string;
  event: string;
  run?: string;
}

const acts: Record<string, { description: string; act: (known: KnownSchedule, client: Client) => Promise<Done> }> = {
  trigger: { description: "start a run of a schedule now", act: trigger },
  pause: {
    description: "start no more runs until the schedule is resumed",
    async act({ name, handle }) {
      await handle.pause();
      return { event: "paused", text: `paused ${name}: runs under way continue\n  next: pawl schedule resume ${name}` };
    },
  },
  resume: {
    description: "let a paused schedule start runs again",
    async act(known) {
      await known.handle.unpause();
      return { event: "resumed", text: `resumed ${known.name}: next run ${(await nextTime(known)) ?? "never"}` };
    },
  },
  delete: {
    description: "delete a schedule",
    async act({ name, handle }) {
      await handle.delete();
      return { event: "deleted", text: `deleted ${name}: its runs stay` };
    },
  },
};

/** How long a triggered run may take to start; how often to look, ms. */
const startsWithinMs = 30_000;
const lookEveryMs = 100;

/** Starts a run now. If the last one is still under way, the schedule's overlap decides. */
async function trigger({ name, handle, description }: KnownSchedule, client: Client): Promise<Done> {
  const { info, policies } = description;
  const last = info.recentActions.at(-1)?.action.workflow.workflowId;
  const execution = last === undefined ? undefined : await findExecution(client, last);
  const isUnderWay = execution !== undefined && serverStatus(execution) === "running";
  if (isUnderWay && policies.overlap === "SKIP")
    throw new PawlError("NOT_ALLOWED", `run ${last} is under way, and the schedule skips runs until it has ended`, {
      where: name,
      next: `pawl watch ${last}, or pawl cancel ${last}`,
    });
  await handle.trigger();
  if (isUnderWay && policies.overlap !== "ALLOW_ALL")
    return { event: "queued", text: `the run starts once ${last} has ended\n  next: pawl watch ${last}` };
  const run = await startedAfter(handle, info.numActionsTaken);
  return { event: "started", run, text: `started ${run}\n  next: pawl watch ${run}` };
}

/**
 * The run that a schedule has started after it had started a number of runs.
 * @throws PawlError SERVER_UNREACHABLE
 */
async function startedAfter(handle: ScheduleHandle, runs: number): Promise<string> {
  for (const deadline = performance.now() + startsWithinMs; performance.now() < deadline; await sleep(lookEveryMs)) {
    const { info } = await handle.describe();
    const run = info.recentActions.at(-1)?.action.workflow.workflowId;
    if (info.numActionsTaken > runs && run !== undefined) return run;
  }
  throw new PawlError("SERVER_UNREACHABLE", `the server has not started the run within ${startsWithinMs / 1000} s`, {
    next: "pawl schedule list",
  });
}

/** Time of the next run, ISO 8601; null if there is none. */
async function nextTime({ handle }: KnownSchedule): Promise<string | null> {
  const { info, state } = await handle.describe();
  return state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null);
}

/** A schedule as the list shows it. */
interface ListedSchedule {
  schedule: string;
  when: string;
  paused: boolean;
  /** ISO 8601. */
  next?: string;
  /** The last run, and its status if the server still knows it. */
  run?: string;
  status?: string;
  file: string;
  definition: "applied" | "changed" | "missing";
}

async function list({ client }: Server, terminal: Terminal): Promise<void> {
  const names = await scheduleNames(client);
  const known = await Promise.all(names.map((name) => knownSchedule(client, name)));
  const rows = await Promise.all(known.map((one) => listed(client, one)));
  if (terminal.json) return terminal.out(JSON.stringify(rows));
  if (rows.length === 0) return terminal.out("no schedules yet\n  next: pawl schedule apply PIPELINE");
  const { yellow } = terminal.colors;
  const cells = rows.map(({ schedule, when, paused, next, run = "", status, file, definition }) => [
    schedule,
    when,
    paused ? yellow("paused") : (next ?? "never"),
    status === undefined ? run : `${run} ${runStatusWord(status)}`,
    definition === "applied" ? file : `${file} ${yellow(`(${definition})`)}`,
  ]);
  terminal.out(table(["schedule", "when", "next run", "last run", "file"], cells, terminal.colors));
  const changed = rows.find(({ definition }) => definition === "changed");
  if (changed !== undefined)
    terminal.note(`a changed file has no effect until it is applied: pawl schedule apply ${changed.file}`);
}

async function listed(client: Client, known: KnownSchedule): Promise<ListedSchedule> {
  const { when, file, state: definition } = await recordedDefinition(known);
  const { info, state } = known.description;
  const run = info.recentActions.at(-1)?.action.workflow.workflowId;
  const execution = run === undefined ? undefined : await findExecution(client, run);
  const next = state.paused ? undefined : info.nextActionTimes[0]?.toISOString();
  return {
    schedule: known.name,
    when,
    paused: state.paused,
    ...(next !== undefined && { next }),
    ...(run !== undefined && { run }),
    ...(execution && { status: serverStatus(execution) }),
    file,
    definition,
  };
}
