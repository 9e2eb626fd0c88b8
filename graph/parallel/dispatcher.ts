import type { Worker } from "node:worker_threads";
import type { Inbox } from "./inbox.js";
import type { BatchMessage } from "./thread.js";

/** Batches given to one thread ahead of its results. */
const ahead = 2;

/**
 * Hands batches to the threads, the next one to the thread with the fewest, while slots to sum into
 * are free.
 */
export class Dispatcher {
  readonly #load: Map<Worker, number>;
  readonly #owners = new Map<number, Worker>();
  readonly #free: number[];
  #given: number;

  /**
   * @param from first source to hand out
   * @param total sources in total
   */
  constructor(
    workers: readonly Worker[],
    private readonly inbox: Inbox<BatchMessage>,
    slots: number,
    private readonly batch: number,
    from: number,
    private readonly total: number,
  ) {
    this.#load = new Map(workers.map((worker) => [worker, 0]));
    this.#free = Array.from({ length: slots }, (_, slot) => slot);
    this.#given = from;
  }

  /** Hands out as many batches as threads and slots have room for. */
  give(): void {
    while (this.#given < this.total && this.#free.length > 0) {
      const [worker, load] = [...this.#load].reduce((a, b) => (b[1] < a[1] ? b : a));
      if (load >= ahead) return;
      const last = Math.min(this.#given + this.batch, this.total);
      const message: BatchMessage = { first: this.#given, last, slot: this.#free.pop()! };
      this.#given = last;
      this.#load.set(worker, load + 1);
      this.#owners.set(message.first, worker);
      worker.postMessage(message);
    }
  }

  /** A finished batch, of any thread; its slot is taken until `release`. */
  async receive(): Promise<BatchMessage> {
    const message = await this.inbox.next();
    const worker = this.#owners.get(message.first)!;
    this.#owners.delete(message.first);
    this.#load.set(worker, this.#load.get(worker)! - 1);
    return message;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }

  /** Waits for the batches under way. */
  async drain(): Promise<void> {
    while (this.#owners.size > 0) await this.receive();
  }
}
