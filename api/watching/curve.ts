/** Maximum number of values that a curve keeps. */
const maxBuckets = 64;

/**
 * A metric over the steps of a stage, in bounded memory: means over as many neighboring steps as
 * needed. Steps may come again, as they do after a kill.
 */
export class Curve {
  /** Steps of one mean. */
  #stride = 1;
  #buckets = new Map<number, { sum: number; count: number }>();

  add(step: number, value: number): void {
    if (!Number.isFinite(value)) return;
    this.#addTo(Math.floor(step / this.#stride), value, 1);
    while (this.#buckets.size > maxBuckets) this.#widen();
  }

  /** The means, in order of the steps. */
  values(): number[] {
    return [...this.#buckets].sort(([a], [b]) => a - b).map(([, { sum, count }]) => sum / count);
  }

  #addTo(index: number, sum: number, count: number): void {
    const bucket = this.#buckets.get(index);
    this.#buckets.set(index, { sum: sum + (bucket?.sum ?? 0), count: count + (bucket?.count ?? 0) });
  }

  #widen(): void {
    const narrow = this.#buckets;
    this.#buckets = new Map();
    this.#stride *= 2;
    for (const [index, { sum, count }] of narrow) this.#addTo(Math.floor(index / 2), sum, count);
  }
}
