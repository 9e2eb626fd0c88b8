import { setTimeout as sleep } from "node:timers/promises";
import { mapBounded } from "../../platform/map-bounded.js";
import { forgetTracked, readTracked, trackedFiles } from "../../store/index.js";
import { StageSender, type Sent } from "./stage-sender.js";
import type { Tracker } from "./tracker.js";

/** Stages that are sent to one tracker at the same time. */
const stagesAtOnce = 16;
/** A tracker that is down is tried again after this time, ms; it doubles with each failure. */
const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** Sends the curves of all stages of a home directory to trackers. */
export class Sender {
  readonly #home: string;
  readonly #deliveries: TrackerDeliveries[];

  constructor(home: string, trackers: readonly Tracker[], now: () => number = () => performance.now()) {
    this.#home = home;
    this.#deliveries = trackers.map((tracker) => new TrackerDeliveries(home, tracker, now));
  }

  /** One round: every tracker gets what it lacks, unless it waits. One that is busy ends its earlier round. */
  async round(): Promise<void> {
    const { newest, superseded } = await trackedFiles(this.#home);
    await mapBounded(superseded, stagesAtOnce, (name) => forgetTracked(this.#home, name));
    await Promise.all(this.#deliveries.map((delivery) => delivery.round(newest)));
    for (const name of newest)
      if (this.#deliveries.every((delivery) => delivery.isComplete(name))) {
        await forgetTracked(this.#home, name);
        this.#deliveries.forEach((delivery) => delivery.forget(name));
      }
  }

  close(): void {
    this.#deliveries.forEach((delivery) => delivery.close());
  }
}

/** The stages that one tracker is sent. */
class TrackerDeliveries {
  readonly #home: string;
  readonly #create: () => StageSender;
  readonly #now: () => number;
  readonly #stages = new Map<string, { sender: StageSender; sent: Sent }>();
  #underWay: Promise<void> | undefined;
  #waitMs = 0;
  #notBefore = 0;

  constructor(home: string, tracker: Tracker, now: () => number) {
    this.#home = home;
    this.#create = () => new StageSender(home, tracker);
    this.#now = now;
  }

  round(names: readonly string[]): Promise<void> {
    return (this.#underWay ??= this.#round(names).finally(() => (this.#underWay = undefined)));
  }

  async #round(names: readonly string[]): Promise<void> {
    const kept = new Set(names);
    for (const name of this.#stages.keys()) if (!kept.has(name)) this.forget(name);
    if (this.#now() < this.#notBefore) return;
    const due = names.filter((name) => !["complete", "refused"].includes(this.#stages.get(name)?.sent ?? "waits"));
    let isDown = false;
    await mapBounded(due, stagesAtOnce, async (name) => {
      // One that is down is not tried for every stage.
      if (!isDown) isDown = (await this.#send(name)) === "down";
    });
    this.#waitMs = isDown ? Math.min(Math.max(firstWaitMs, this.#waitMs * 2), longestWaitMs) : 0;
    this.#notBefore = this.#now() + this.#waitMs;
  }

  isComplete(name: string): boolean {
    return this.#stages.get(name)?.sent === "complete";
  }

  forget(name: string): void {
    this.#stages.get(name)?.sender.close();
    this.#stages.delete(name);
  }

  close(): void {
    for (const { sender } of this.#stages.values()) sender.close();
  }

  async #send(name: string): Promise<Sent> {
    const attempt = await readTracked(this.#home, name);
    if (attempt === undefined) return "waits";
    const { sender } = this.#stages.get(name) ?? { sender: this.#create() };
    const sent = await sender.send(attempt);
    this.#stages.set(name, { sender, sent });
    return sent;
  }
}

/** Time between two rounds, ms. */
const everyMs = 1000;
/** How long the last round may take once the process must end, ms. */
export const lastRoundMs = 3000;

/** Sends what trackers lack, until the signal is aborted, and then once more. */
export async function keepSending(home: string, trackers: readonly Tracker[], stop: AbortSignal): Promise<void> {
  const sender = new Sender(home, trackers);
  const round = (): Promise<void> => sender.round().catch(() => undefined);
  while (!stop.aborted) {
    // A tracker that hangs must not keep the others waiting.
    void round();
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  // The one under way, and one that sends what came meanwhile.
  await Promise.race([round().then(round), sleep(lastRoundMs)]);
  sender.close();
}
