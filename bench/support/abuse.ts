import type { Client } from "@temporalio/client";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { queriedState } from "../../api/reading/read-run.js";
import { compilePipeline } from "../../compiler/compile.js";
import type { Json } from "../../platform/json.js";
import { approvalUpdate } from "../../schemas/approvals.js";
import { choiceUpdates } from "../../schemas/choices.js";
import { groupId, groupSignals, groupType } from "../../schemas/concurrency.js";
import {
  childSignal,
  isOver,
  pauseNames,
  pauseSignal,
  taskQueues,
  updateNames,
  workflowType,
  type RunState,
} from "../../schemas/run.js";
import { findRecord } from "../../store/records/runs.js";
import { Rig } from "../../verify/rig.js";
import { row, type Row } from "../harness.js";
import { exported, oddAnswer, oddArchive, oddRecord } from "./odd-stores.js";
import { Odds } from "./odd-values.js";

const group = "kept";
const signals = [...Object.values(groupSignals), childSignal, pauseSignal, "unknown"];
const updates = [
  ...[...Object.values(choiceUpdates), ...Object.values(updateNames), ...Object.values(pauseNames)],
  ...[approvalUpdate, "unknown"],
];
/** A request that takes longer, ms, waits for a workflow that has stopped. */
const patienceMs = 30_000;

/**
 * The cause of a workflow task that failed because a message came while the workflow ended: the
 * next one takes it.
 */
const overtaken = 1;

/** What went wrong. */
interface Faults {
  /** Requests to the server, and odd records, archives and answers. */
  tries: number;
  /** A run was not at its end when everybody had answered it. */
  lost: string[];
  /** Workflow tasks that failed. */
  failed: string[];
  /** Other errors than coded ones. */
  unexpected: string[];
  codeRan: boolean;
}

/**
 * Sends runs, groups and notifications what anybody who reaches the server can send, and gives the
 * store odd records and archives, for a while: starts, signals, updates, answers to queries. Ends
 * what it started.
 */
export async function abuseRows(seconds: number, seed: number): Promise<Row[]> {
  const faults: Faults = { tries: 0, lost: [], failed: [], unexpected: [], codeRan: false };
  const rig = await Rig.start(1);
  const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-abuse-"));
  try {
    await new Abuse(rig, directory, seed, faults).run(seconds);
  } finally {
    await rig.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  for (const [what, found] of Object.entries(faults))
    if (Array.isArray(found)) for (const one of found) process.stderr.write(`${what}: ${one}\n`);
  const none = { bounds: "ours", better: "lower", atLeast: 0, aim: 0 } as const;
  const { tries, codeRan, lost, failed, unexpected } = faults;
  const what = `${tries} odd starts, signals, updates, answers, archives and records in ${seconds} s (seed ${seed})`;
  return [
    row({ what: `${what}: code that ran`, unit: "programs", ours: Number(codeRan), ...none }),
    row({ what: "the same: runs that were lost", unit: "runs", ours: lost.length, ...none }),
    row({ what: "the same: workflow tasks that failed", unit: "tasks", ours: failed.length, ...none }),
    row({ what: "the same: errors without a code", unit: "errors", ours: unexpected.length, ...none }),
  ];
}

class Abuse {
  readonly #client: Client;
  readonly #odds: Odds;
  /** Ids of the workflows that were started oddly. */
  readonly #ids: string[] = [];
  readonly #kept: string[] = [];

  constructor(
    readonly rig: Rig,
    readonly directory: string,
    readonly seed: number,
    readonly faults: Faults,
  ) {
    this.#client = rig.client;
    this.#odds = new Odds(seed, "abuse");
  }

  async run(seconds: number): Promise<void> {
    const { rig, directory, faults } = this;
    for (const id of ["kept-1", "kept-2"]) await this.#keep(id);
    await this.#begin(workflowType, "whole", { definition: textOf("whole", "") });
    await this.#client.workflow.getHandle("whole").result();
    const [archive, record] = [await exported(rig.home, "whole"), (await findRecord(rig.home, "whole"))!];
    const state = (await this.#stateOf("kept-1"))!;
    const tries: (() => Promise<void>)[] = [
      () => this.#start(),
      () => this.#signal(),
      () => this.#signal(),
      () => this.#update(),
      () => this.#update(),
      () => this.#coded(() => oddArchive(this.#odds, directory, archive)),
      () => this.#coded(() => oddRecord(this.#odds, directory, record)),

      () => this.#coded(async () => oddAnswer(this.#odds, state)),
    ];
    const end = performance.now() + seconds * 1000;
    for (; performance.now() < end; faults.tries++) await this.#odds.pick(tries)();
    // Together: one waits for the place of the other.
    await Promise.all(this.#kept.map((id) => this.#finish(id)));
    for (const id of new Set([...this.#ids, ...this.#kept, groupId(group)])) await this.#check(id);
    faults.codeRan = existsSync(this.#sentinel());
  }

  #sentinel(): string {
    return path.join(this.directory, "ran");
  }

  /** A run that waits for people, in a group with one place. */
  async #keep(id: string): Promise<void> {
    const { plan } = await compilePipeline({ text: textOf(id, `concurrency: { group: ${group}, limit: 1 }`, true) });
    this.#kept.push(id);
    await this.#begin(workflowType, id, { plan } as unknown as Json);
  }

  async #begin(type: string, workflowId: string, ...args: Json[]): Promise<void> {
    await this.#client.workflow.start(type, { taskQueue: taskQueues.cpu, workflowId, args });
  }

  async #start(): Promise<void> {
    const type = this.#odds.pick([workflowType, workflowType, groupType, "notification"]);
    const id = `odd-${this.#ids.length}`;
    this.#ids.push(id);
    const program = `name: odd\nstages: { a: { uses: command, with: { run: [touch, ${this.#sentinel()}] } } }\n`;
    const { plan } = await compilePipeline({ text: program });
    const signature = "0".repeat(64);
    const requests = [
      { definition: program, signature },
      { plan: { ...plan, grant: { plan: signature, signature } } },
      { group, holders: [], waiting: [] },
      { planDigest: signature, stages: {} },
    ] as unknown as Json[];
    const request = this.#odds.pick(requests);
    await this.#answered(() =>
      this.#begin(type, id, this.#odds.below(3) === 0 ? request : this.#odds.changed(request)),
    );
  }

  async #signal(): Promise<void> {
    const id = this.#odds.pick([...this.#kept, groupId(group), ...this.#ids.slice(-3)]);
    const args = Array.from({ length: this.#odds.below(3) }, () => this.#odds.value());
    await this.#answered(() => this.#client.workflow.getHandle(id).signal(this.#odds.pick(signals), ...args));
  }

  async #update(): Promise<void> {
    const args = Array.from({ length: this.#odds.below(3) }, () => this.#odds.value()) as [Json, ...Json[]];
    const id = this.#odds.pick(this.#kept);
    await this.#answered(() => this.#client.workflow.getHandle(id).executeUpdate(this.#odds.pick(updates), { args }));
  }

  /** Sends a request, which may be refused; one that is not answered is a fault. */
  async #answered(send: () => Promise<unknown>): Promise<void> {
    try {
      await this.#client.withDeadline(Date.now() + patienceMs, send);
    } catch (error) {
      const isLate = /deadline|timeout|timed out/i.test(`${(error as Error).name} ${(error as Error).message}`);
      if (isLate) this.faults.unexpected.push(`no answer: ${(error as Error).message}`);
    }
  }

  async #coded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.faults.unexpected.push((error as Error).stack ?? String(error));
    }
  }

  async #stateOf(id: string): Promise<RunState | undefined> {
    for (let look = 0; look < 10; look++) {
      const state = await queriedState(this.#client, id);
      if (state !== undefined) return state;
    }
    return undefined;
  }

  /** Answers a run as people do, until it has ended. */
  async #finish(id: string): Promise<void> {
    const handle = this.#client.workflow.getHandle(id);
    const end = performance.now() + 2 * patienceMs;
    let state: RunState | undefined;
    while (performance.now() < end) {
      state = await this.#stateOf(id);
      if (state === undefined) break;
      if (isOver(state.status)) return;
      await handle.executeUpdate(pauseNames.unpause).catch(() => undefined);
      for (const { id: stage, status } of state.stages) {
        const by = { stage, approved: true, by: "soak" };
        if (status === "waiting") await handle.executeUpdate(approvalUpdate, { args: [by] }).catch(() => undefined);
        if (status === "parked") await handle.executeUpdate("skip", { args: [{ stage }] }).catch(() => undefined);
      }
    }
    this.faults.lost.push(`${id}: ${state === undefined ? "no worker answers" : JSON.stringify(state.stages)}`);
  }

  /** No workflow task of it has failed. */
  async #check(workflowId: string): Promise<void> {
    const handle = this.#client.workflow.getHandle(workflowId);
    const { events } = await handle.fetchHistory().catch(() => ({ events: [] }));
    for (const { workflowTaskFailedEventAttributes: failed } of events ?? [])
      if (failed && Number(failed.cause) !== overtaken)
        this.faults.failed.push(`${workflowId}: ${failed.failure?.message ?? "for an unknown reason"}`);
    await handle.terminate("the soak is over").catch(() => undefined);
  }
}

/** @param waits it asks for an approval, and parks */
const textOf = (name: string, more: string, waits = false): string =>
  [
    `name: ${name}`,
    more,
    "stages:",
    "  after: { uses: dataset, with: { source: { text: x } }, cache: false }",
    ...(waits ? ["  asks: { uses: approve, with: { message: ask } }"] : []),
    ...(waits ? ["  parks: { uses: dataset, with: { source: { file: missing.txt } }, onFailure: park }"] : []),
    "",
  ].join("\n");
