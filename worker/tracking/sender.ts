import { setTimeout as sleep } from "node:timers/promises";
import { mapBounded } from "../../platform/map-bounded.js";
import { notice } from "../../platform/text/printable.js";
import { forgetTracked, readTracked, trackedFiles } from "../../store/records/tracking.js";
import { StageSender, type Sent } from "./stage-sender.js";
import type { Tracker } from "./tracker.js";

/** Stages that are sent to one tracker at the same time. */
const stagesAtOnce = 16;
/**
 * A stage that a tracker did not take is tried again after this time, ms; it doubles with each
 * failure.
 */
const firstWaitMs = 1000;
const maxWaitMs = 60_000;

/** Sends the curves of all stages of a home directory to trackers. */
export class Sender {
  readonly #home: string;
  readonly #deliveries: TrackerDeliveries[];

  constructor(home: string, trackers: readonly Tracker[], now: () => number = () => performance.now()) {
    this.#home = home;
    this.#deliveries = trackers.map((tracker) => new TrackerDeliveries(home, tracker, now));
  }

  /**
   * One round: every tracker gets what it lacks, unless it waits. One that is busy ends its earlier
   * round.
   */
  async round(): Promise<void> {
    const { newest, superseded } = trackedFiles(this.#home);
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

/** A stage that a tracker is sent. */
interface SentStage {
  sender: StageSender;
  sent: Sent;
  /** After a failure: how long it waits, ms, and until when. */
  waitMs: number;
  notBefore: number;
}

/** The stages that one tracker is sent. */
class TrackerDeliveries {
  readonly #home: string;
  readonly #create: () => StageSender;
  readonly #now: () => number;
  readonly #stages = new Map<string, SentStage>();
  #underWay: Promise<void> | undefined;

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
    const [others, failed] = [
      names.filter((name) => !this.#hasFailed(name)),
      names.filter((name) => this.#hasFailed(name)),
    ];
    let isDown = false;
    await mapBounded(
      [...others, ...failed].filter((name) => this.#isDue(name)),
      stagesAtOnce,
      async (name) => {
        // A tracker that is down is not tried again for every stage that it lacks.
        if (isDown && this.#hasFailed(name)) return;
        if ((await this.#send(name)) === "down") isDown = true;
      },
    );
  }

  #hasFailed(name: string): boolean {
    return this.#stages.get(name)?.sent === "down";
  }

  #isDue(name: string): boolean {
    const { sent = "waits", notBefore = 0 } = this.#stages.get(name) ?? {};
    return sent === "waits" || (sent === "down" && this.#now() >= notBefore);
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
    const { sender, waitMs: before } = this.#stages.get(name) ?? { sender: this.#create(), waitMs: 0 };
    const sent = await sender.send(attempt);
    const waitMs = sent === "down" ? Math.min(Math.max(firstWaitMs, before * 2), maxWaitMs) : 0;
    this.#stages.set(name, { sender, sent, waitMs, notBefore: this.#now() + waitMs });
    return sent;
  }
}

/**
 * Time between two rounds, ms: a round takes the training beside it a fortieth of a second of a
 * processor.
 */
const everyMs = 5000;
/** How long the last round may take once the process must end, ms. */
export const lastRoundMs = 3000;

/** Sends what trackers lack, until the signal is aborted, and then once more. */
export async function keepSending(home: string, trackers: readonly Tracker[], stop: AbortSignal): Promise<void> {
  const sender = new Sender(home, trackers);
  let reported: string | undefined;
  // What the store refuses now may work in the next round.
  const round = (): Promise<void> =>
    sender.round().catch(({ message }: Error) => {
      if (message !== reported) notice(`the curves cannot be sent: ${message}`);
      reported = message;
    });
  while (!stop.aborted) {
    // A tracker that hangs must not keep the others waiting.
    void round();
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  // The one under way, and one that sends what came meanwhile.
  await Promise.race([round().then(round), sleep(lastRoundMs)]);
  sender.close();
}
