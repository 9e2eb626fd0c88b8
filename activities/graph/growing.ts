type Numbers = Uint32Array | Float64Array;

/** A typed array that grows by doubling. */
export class Growing<T extends Numbers> {
  #values: T;
  #length = 0;

  constructor(private readonly kind: new (length: number) => T) {
    this.#values = new kind(1024);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new this.kind(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get length(): number {
    return this.#length;
  }

  values(): T {
    return this.#values.subarray(0, this.#length) as T;
  }
}
