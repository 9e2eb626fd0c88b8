import { PawlError } from "../../platform/errors.js";
import { redact } from "../../platform/text/redact.js";
import { appendLog } from "../../store/history/log.js";
import { followMetrics, type MetricsRow } from "../../store/history/metrics.js";
import { findDelivery, saveDelivery } from "../../store/records/tracking.js";
import type { Curves, Tracker } from "./tracker.js";
import type { Delivery, LastSteps, TrackedAttempt } from "../../store/records/record-types.js";

/** The outcome of a round. down: the tracker may work again later. */
export type Sent = "complete" | "waits" | "refused" | "down";

/** Characters of a tracker's own message that are kept. */
const maxMessageLength = 500;

/**
 * Sends the metrics history of one stage to one tracker: every metric of every step once, in order.
 * Whatever goes wrong, the curves are opened again, the history is read from its beginning, and
 * what the tracker has is left out.
 */
export class StageSender {
  readonly #home: string;
  readonly #tracker: Tracker;
  #delivery: Delivery | undefined;
  #curves: Curves | undefined;
  #next: (() => Promise<MetricsRow[]>) | undefined;
  /**
   * The attempt whose end was seen: its history was then read from the beginning, since it is
   * written anew at the end.
   */
  #endSeen: number | undefined;

  constructor(home: string, tracker: Tracker) {
    this.#home = home;
    this.#tracker = tracker;
  }

  /** Sends what is new. Never rejects for what a tracker does. */
  async send(attempt: TrackedAttempt): Promise<Sent> {
    const delivery = await this.#load(attempt);
    if (delivery.completed === attempt.startedAtMs) return "complete";
    try {
      const hasSent = await this.#sendNew(attempt, delivery);
      const hasEnded = attempt.end !== undefined;
      if (hasEnded) await this.#curves!.end(attempt.end!);
      if (delivery.problem !== undefined) this.#log(attempt, `${this.#tracker.name} has the curves again`);
      if (hasSent || hasEnded || delivery.problem !== undefined) {
        const { problem: _solved, completed: _before, ...now } = this.#delivery!;
        await this.#save(hasEnded ? { ...now, completed: attempt.startedAtMs } : now);
      }
      if (hasEnded) this.close();
      return hasEnded ? "complete" : "waits";
    } catch (error) {
      this.close();
      return await this.#failed(attempt, error);
    }
  }

  /** Lets go of the curves; they are opened again when they are needed. */
  close(): void {
    this.#curves?.close();
    this.#curves = undefined;
    this.#next = undefined;
  }

  async #load(attempt: TrackedAttempt): Promise<Delivery> {
    const { runId, stage, key } = attempt;
    const tracker = this.#tracker.name;
    const found = this.#delivery ?? (await findDelivery(this.#home, attempt, tracker));
    if (found?.key !== key) this.close();
    this.#delivery = found?.key === key ? found : { tracker, runId, stage, key, last: {} };
    return this.#delivery;
  }

  async #sendNew(attempt: TrackedAttempt, delivery: Delivery): Promise<boolean> {
    const curves = (this.#curves ??= await this.#open(attempt, delivery.last));
    if (attempt.end !== undefined && this.#endSeen !== attempt.startedAtMs) this.#next = undefined;
    this.#endSeen = attempt.end && attempt.startedAtMs;
    const next = (this.#next ??= followMetrics(this.#home, attempt.key));
    let hasSent = false;
    for (let rows = await next(); rows.length > 0; rows = await next()) {
      const last = { ...this.#delivery!.last };
      const fresh = rows.flatMap((row) => later(row, last));
      if (fresh.length === 0) continue;
      await curves.write(fresh);
      this.#delivery = { ...this.#delivery!, last };
      hasSent = true;
    }
    return hasSent;
  }

  async #open(attempt: TrackedAttempt, known: LastSteps): Promise<Curves> {
    const curves = await this.#tracker.open(attempt, known);
    this.#delivery = { ...this.#delivery!, last: curves.last };
    return curves;
  }

  async #failed(attempt: TrackedAttempt, error: unknown): Promise<Sent> {
    const pawlError = error instanceof PawlError ? error : undefined;
    const refused = pawlError?.code === "TRACKER_REFUSED";
    const fullMessage = redact(pawlError?.message ?? errorMessage(error as Error));
    const message = fullMessage.replace(/\s+/g, " ").slice(0, maxMessageLength);
    const before = this.#delivery!.problem;
    if (before === undefined || (refused && !before.refused))
      this.#log(attempt, `${this.#tracker.name} does not get the curves: ${message}`);
    const next = pawlError?.facts.next ?? "nothing: it is tried again";
    await this.#save({ ...this.#delivery!, problem: { message, refused, next } });
    return refused ? "refused" : "down";
  }

  async #save(delivery: Delivery): Promise<void> {
    this.#delivery = delivery;
    await saveDelivery(this.#home, delivery);
  }

  #log({ runId, stage, attempt }: TrackedAttempt, message: string): void {
    appendLog(this.#home, runId, { time: new Date().toISOString(), stage, attempt, message });
  }
}

/** The metrics of a row that are later than the last ones, which they then are. */
function later({ step, metrics }: MetricsRow, last: Record<string, number>): MetricsRow[] {
  const fresh = Object.entries(metrics).filter(([name]) => step > (last[name] ?? -1));
  for (const [name] of fresh) last[name] = step;
  return fresh.length === 0 ? [] : [{ step, metrics: Object.fromEntries(fresh) }];
}

/** `fetch` only reports that it failed; the cause says why. */
function errorMessage({ name, message, cause }: Error): string {
  if (name === "TimeoutError") return "no answer in time";
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? why ?? message;
}
