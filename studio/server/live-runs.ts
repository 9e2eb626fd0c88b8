import type { Client } from "@temporalio/client";
import { isServerAway } from "../../api/servers/grpc.js";
import { readRun } from "../../api/reading/read-run.js";
import type { RunView } from "../../api/reading/run-view.js";
import { mapBounded } from "../../platform/map-bounded.js";
import { workflowType } from "../../schemas/run.js";
import type { WaitsFor } from "../../schemas/search-attributes.js";
import type { RunSummary, RunsMessage } from "../messages.js";
import type { ServerLink } from "./server-link.js";

/**
 * Runs under way that are asked for their state at each look: the newest, and of the others those
 * that wait, in turn.
 */
const maxNewest = 50;
const maxWaiting = 50;
/** Number of runs queried at the same time. */
const askedAtOnce = 8;
/**
 * Runs under way that are listed, the newest first; those that wait for people are listed without a
 * limit.
 */
const maxListed = 1000;
const deadlineMs = 2000;

const running = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
const forPeople = ["approval", "choices", "action"] satisfies WaitsFor[];
const waiting = `${running} AND PawlWaitsFor IN (${forPeople.map((what) => `'${what}'`).join(", ")})`;

/** The runs under way as the server knew them when it last answered. */
export class LiveRuns {
  #views = new Map<string, RunView>();
  #server: RunsMessage["server"] = "unasked";
  /** Runs that the server has listed as under way, and whether it may have more of them. */
  #listed = new Set<string>();
  #isCut = true;
  /** The last look that asked a run. */
  #askedIn = new Map<string, number>();
  #looks = 0;

  constructor(
    private readonly home: string,
    private readonly link: ServerLink,
  ) {}

  get views(): ReadonlyMap<string, RunView> {
    return this.#views;
  }

  get server(): RunsMessage["server"] {
    return this.#server;
  }

  /**
   * Why a run that is under way by its record, or was so when the server last answered, may be in
   * another state.
   */
  staleness(run: string): NonNullable<RunSummary["stale"]> {
    if (this.#server === "away") return "away";
    return this.#listed.has(run) || this.#isCut ? "notAsked" : "unknown";
  }

  /** Asks the server. Without an answer in time, what it said before is kept. */
  async ask(): Promise<void> {
    const found = await this.link.ask(({ client }) => this.#read(client), deadlineMs).catch(() => undefined);
    this.#server = found === undefined ? "away" : "answers";
    if (found !== undefined) this.#views = found;
  }

  async #read(client: Client): Promise<Map<string, RunView>> {
    const [listed, waits] = await Promise.all([listIds(client, running, maxListed), waitingIds(client)]);
    const newest = [...listed].slice(0, maxNewest);
    const others = [...waits].filter((id) => !newest.includes(id));
    const before = this.#views;
    const views = new Map(others.flatMap((id) => (before.has(id) ? [[id, before.get(id)!] as const] : [])));
    const queried = [...newest, ...this.#inTurn(others)];
    await mapBounded(queried, askedAtOnce, async (id) => {
      const view = await readRun(client, this.home, id, before.get(id)).catch(() => before.get(id));
      if (view !== undefined) views.set(id, view);
    });
    this.#listed = new Set([...listed, ...waits]);
    this.#isCut = listed.size >= maxListed;
    return views;
  }

  /** Returns the runs that were queried longest ago. */
  #inTurn(ids: readonly string[]): string[] {
    const look = ++this.#looks;
    const lastAsked = (id: string): number => this.#askedIn.get(id) ?? 0;
    const next = [...ids].sort((a, b) => lastAsked(a) - lastAsked(b)).slice(0, maxWaiting);
    const chosen = new Set(next);
    this.#askedIn = new Map(ids.map((id) => [id, chosen.has(id) ? look : lastAsked(id)]));
    return next;
  }
}

/** Ids of workflows, the newest first. */
async function listIds(client: Client, query: string, most = Infinity): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query })) if (ids.add(workflowId).size >= most) break;
  return ids;
}

/**
 * Runs that wait for people; none on a server without Pawl's search attributes, which refuses the
 * query.
 */
async function waitingIds(client: Client): Promise<Set<string>> {
  try {
    return await listIds(client, waiting);
  } catch (error) {
    if (isServerAway(error)) throw error;
    return new Set();
  }
}
