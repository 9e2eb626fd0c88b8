import type { Client } from "@temporalio/client";
import { workflowType } from "../../schemas/run.js";
import { homeFolder, listRecords } from "../../store/index.js";
import { connectIfUp } from "../connect.js";
import { asServerError } from "../grpc.js";
import { statusOf } from "../read-run.js";
import { table } from "../render/table.js";
import { ago, duration } from "../render/values.js";
import type { Colours, Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** A run as the list shows it. */
interface ListedRun {
  run: string;
  status: string;
  /** ISO 8601. */
  startedAt: string;
  endedAt?: string;
}

const most = 50;

/** `pawl list`: runs, newest first, from the server where it is up, else from the store's records. */
export const list: Verb = (command, terminal) => {
  command.option("--limit <count>", "at most so many", Number, most).action(async ({ limit }: { limit: number }) => {
    const home = homeFolder();
    const server = await connectIfUp(home);
    if (server === undefined)
      return show(
        (await recorded(home)).slice(0, limit),
        terminal,
        "the server is not up (pawl up): this is what was recorded last",
      );
    try {
      show(await listed(server.client, limit), terminal);
    } catch (error) {
      throw asServerError(error, server.address);
    } finally {
      await server.close();
    }
  });
};

async function listed(client: Client, limit: number): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  // A resumed run is several executions of one id: the newest, which comes first, counts.
  const seen = new Set<string>();
  for await (const found of client.workflow.list({ query: `WorkflowType = '${workflowType}'` })) {
    if (seen.has(found.workflowId)) continue;
    seen.add(found.workflowId);
    const endedAt = found.closeTime === undefined ? {} : { endedAt: found.closeTime.toISOString() };
    runs.push({ run: found.workflowId, status: statusOf(found), startedAt: found.startTime.toISOString(), ...endedAt });
    if (runs.length >= limit) break;
  }
  return runs;
}

async function recorded(home: string): Promise<ListedRun[]> {
  return (await listRecords(home)).map(({ runId, status, startedAt, endedAt }) => {
    return { run: runId, status, startedAt, ...(endedAt === undefined ? {} : { endedAt }) };
  });
}

function show(runs: ListedRun[], terminal: Terminal, note?: string): void {
  if (terminal.json) return terminal.out(JSON.stringify(runs));
  if (runs.length === 0) return terminal.out("no runs yet\n  next: pawl run tiny");
  const now = new Date();
  const rows = runs.map(({ run, status, startedAt, endedAt }) => [
    run,
    colourOf(status, terminal.colours)(status),
    ago(new Date(startedAt), now),
    duration((endedAt === undefined ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt)),
  ]);
  terminal.out(table(["run", "status", "started", "took"], rows, terminal.colours));
  if (note !== undefined) terminal.note(terminal.colours.dim(note));
}

function colourOf(status: string, colours: Colours): (text: string) => string {
  if (status === "succeeded") return colours.green;
  if (status === "failed") return colours.red;
  return status === "running" ? colours.cyan : colours.yellow;
}
