import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing, storeError } from "../errors.js";
import { exists } from "../files.js";
import { layout, safeName } from "../home.js";
import { followMetrics } from "../history/metrics.js";
import { readRecord, replaceRecord, writeRecord } from "./records.js";
import { recordKinds } from "./shapes.js";
import { namesIn } from "../temporary.js";
import type { LastSteps, Delivery, TrackedEnd, TrackedAttempt } from "./record-types.js";

const attemptFile = (home: string, { runId, stage, startedAtMs }: TrackedAttempt): string =>
  path.join(layout.tracked(home), `${safeName(`${runId}/${stage}`)}.${startedAtMs}-${process.pid}.json`);

/**
 * Asks for the delivery of an attempt's curves. They are delivered by another process, whenever the
 * trackers work.
 * @returns records the attempt's end
 * @throws PawlError DISK_FULL, STORE_UNREADABLE
 */
export async function trackAttempt(home: string, attempt: TrackedAttempt): Promise<(end: TrackedEnd) => Promise<void>> {
  const file = attemptFile(home, attempt);
  await writeRecord(home, file, attempt);
  return (end) => writeRecord(home, file, { ...attempt, end });
}

/**
 * Names of the files of attempts whose delivery is not complete: the newest of each stage, and
 * those before it.
 */
export function trackedFiles(home: string): { newest: string[]; superseded: string[] } {
  try {
    const names = namesIn(layout.tracked(home)).filter((name) => name.endsWith(".json"));
    const newest = new Map<string, string>();
    for (const name of names) {
      const [stage, startedAtMs] = parseName(name);
      const other = newest.get(stage);
      if (other === undefined || startedAtMs >= parseName(other)[1]) newest.set(stage, name);
    }
    const kept = new Set(newest.values());
    return { newest: [...kept], superseded: names.filter((name) => !kept.has(name)) };
  } catch (error) {
    throw storeError(error, home);
  }
}

function parseName(name: string): [stage: string, startedAtMs: number] {
  const stage = name.replace(/\.\d+-\d+\.json$/, "");
  return [stage, Number(name.slice(stage.length + 1).split("-", 1)[0])];
}

/**
 * An attempt, as it was recorded last; undefined if the file no longer exists. That of a run that
 * was removed is, too.
 */
export async function readTracked(home: string, name: string): Promise<TrackedAttempt | undefined> {
  const found = await readRecord(home, path.join(layout.tracked(home), name), recordKinds.tracked);
  if (found === undefined || exists(layout.run(home, found.runId))) return found;
  await forgetTracked(home, name);
  return undefined;
}

export async function forgetTracked(home: string, name: string): Promise<void> {
  await rm(path.join(layout.tracked(home), name), { force: true });
}

const deliveryFile = (home: string, runId: string, tracker: string, stage: string): string =>
  path.join(layout.deliveries(home, runId), `${safeName(`${tracker}/${stage}`)}.json`);

export async function findDelivery(
  home: string,
  { runId, stage }: Pick<TrackedAttempt, "runId" | "stage">,
  tracker: string,
): Promise<Delivery | undefined> {
  return readRecord(home, deliveryFile(home, runId, tracker, stage), recordKinds.delivery);
}

export async function saveDelivery(home: string, delivery: Delivery): Promise<void> {
  const file = deliveryFile(home, delivery.runId, delivery.tracker, delivery.stage);
  await replaceRecord(home, file, recordKinds.delivery, delivery);
}

/** What trackers lack of a run, and why. */
export interface Undelivered {
  tracker: string;
  stage: string;
  /** Steps of the metrics history that it lacks. */
  steps: number;
  message: string;
  next: string;
}

/** What trackers lack of a run's curves because they are down or have refused them. */
export async function readUndelivered(home: string, runId: string): Promise<Undelivered[]> {
  const found: Undelivered[] = [];
  for (const name of await deliveryNames(home, runId)) {
    const delivery = await readRecord(home, path.join(layout.deliveries(home, runId), name), recordKinds.delivery);
    if (delivery?.problem === undefined) continue;
    const { tracker, stage, key, last, problem } = delivery;
    const steps = await stepsAfter(home, key, last);
    found.push({ tracker, stage, steps, message: problem.message, next: problem.next });
  }
  return found;
}

/** One line for logs, terminals and reports. */
export function undeliveredText({ tracker, stage, steps, message, next }: Undelivered): string {
  const lacked = `${steps} ${steps === 1 ? "step" : "steps"}`;
  return `stages.${stage}: ${tracker} lacks ${lacked}: ${message}; next: ${next}`;
}

async function deliveryNames(home: string, runId: string): Promise<string[]> {
  try {
    return (await readdir(layout.deliveries(home, runId))).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw storeError(error, home);
  }
}

/** The number of steps of a history with a metric that is later than the last one. */
async function stepsAfter(home: string, key: string, last: LastSteps): Promise<number> {
  const next = followMetrics(home, key);
  const steps = new Set<number>();
  for (let rows = await next(); rows.length > 0; rows = await next())
    for (const { step, metrics } of rows)
      if (Object.keys(metrics).some((name) => step > (last[name] ?? -1))) steps.add(step);
  return steps.size;
}
