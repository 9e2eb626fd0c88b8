import { downsample, type Sampled } from "../../report/run/downsample.js";
import { addTime, followMetrics, type MetricsRow, type StepTime } from "../../store/history/metrics.js";

/** Values that are kept in memory, of the histories that were looked at last; 16 bytes each. */
const maxValues = 8_000_000;

/** The metrics history of a stage key. */
export interface KnownHistory {
  columns: ReadonlyMap<string, Column>;
  /** In the order of their steps. */
  times: readonly StepTime[];
  /** Lines that are damaged or missing. */
  damaged: number;
}

/** Metrics histories that grow: each is read once, and from then on only what is new. */
export class Histories {
  readonly #kept = new Map<string, History>();

  constructor(private readonly home: string) {}

  /** The history of a stage key, up to date. @throws PawlError STORE_UNREADABLE */
  async read(key: string): Promise<KnownHistory> {
    const history = this.#kept.get(key) ?? new History(this.home, key);
    this.#kept.set(key, history);
    await history.update();
    // The newest is the last. Most stages have no history.
    this.#kept.delete(key);
    if (history.values > 0) this.#kept.set(key, history);
    this.#dropOldest();
    return history;
  }

  #dropOldest(): void {
    let values = [...this.#kept.values()].reduce((sum, history) => sum + history.values, 0);
    for (const [key, history] of this.#kept) {
      if (values <= maxValues || this.#kept.size === 1) return;
      this.#kept.delete(key);
      values -= history.values;
    }
  }
}

class History implements KnownHistory {
  readonly columns = new Map<string, Column>();
  readonly times: StepTime[] = [];
  damaged = 0;
  readonly #next: () => Promise<MetricsRow[]>;
  #updating: Promise<void> | undefined;

  constructor(home: string, key: string) {
    this.#next = followMetrics(
      home,
      key,
      (time) => addTime(this.times, time),
      (count) => (this.damaged = count),
    );
  }

  get values(): number {
    return [...this.columns.values()].reduce((sum, { count }) => sum + count, 0);
  }

  update(): Promise<void> {
    this.#updating ??= this.#update().finally(() => (this.#updating = undefined));
    return this.#updating;
  }

  async #update(): Promise<void> {
    for (let rows = await this.#next(); rows.length > 0; rows = await this.#next())
      for (const { step, metrics } of rows)
        for (const [name, value] of Object.entries(metrics)) {
          const column = this.columns.get(name) ?? new Column();
          if (column.count === 0) this.columns.set(name, column);
          column.set(step, value);
        }
  }
}

/**
 * The values of one metric in the order of their steps: two numbers a value. For each step, the
 * last value counts.
 */
export class Column {
  count = 0;
  #steps = new Float64Array(1024);
  #values = new Float64Array(1024);

  /** The first and the last step. */
  get range(): [from: number, to: number] {
    return [this.#steps[0]!, this.#steps[this.count - 1]!];
  }

  set(step: number, value: number): void {
    const at = this.count > 0 && step <= this.#steps[this.count - 1]! ? this.#firstAt(step) : this.count;
    if (at < this.count && this.#steps[at] === step) this.#values[at] = value;
    else this.#insert(at, step, value);
  }

  /** The curve from a step to another one, and one point beyond each end: see `downsample`. */
  piece(from: number, to: number, buckets: number): Sampled {
    const start = Math.max(0, this.#firstAt(from) - 1);
    const end = Math.min(this.count, this.#firstAt(to) + 2);
    return downsample(this.#steps.subarray(start, end), this.#values.subarray(start, end), buckets);
  }

  /** The index of the first step that is not below this one. */
  #firstAt(step: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#steps[middle]! < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(at: number, step: number, value: number): void {
    if (this.count === this.#steps.length) {
      [this.#steps, this.#values] = [doubled(this.#steps), doubled(this.#values)];
    }
    this.#steps.copyWithin(at + 1, at, this.count);
    this.#values.copyWithin(at + 1, at, this.count);
    this.#steps[at] = step;
    this.#values[at] = value;
    this.count++;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
