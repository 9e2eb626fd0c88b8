import type { Failure } from "./rule.js";

const names = {
  error: "Errors",
  stepLimit: "StepLimits",
  outOfMemory: "OutOfMemory",
  notFinite: "NotFinite",
  badReference: "BadReferences",
} as const satisfies Record<Failure, string>;

/** Counts failures by kind and reports the first of each. */
export class Tally {
  readonly #counts = new Map<Failure, number>();
  #total = 0;
  #first = "";

  constructor(
    readonly role: "verifier" | "judge",
    readonly tell: (line: string) => void,
  ) {}

  add(failure: Failure, message: string): void {
    const count = (this.#counts.get(failure) ?? 0) + 1;
    this.#counts.set(failure, count);
    if (this.#total++ === 0) this.#first = `${failure}: ${message}`;
    if (count === 1) this.tell(`${this.role}: ${failure}: ${message} (the first; others are only counted)`);
  }

  /** Failures of every kind. */
  get total(): number {
    return this.#total;
  }

  /** Describes the first failure. Empty if there was none. */
  get first(): string {
    return this.#first;
  }

  /** By metric name: `verifierErrors`, `judgeStepLimits`, … */
  counts(): Record<string, number> {
    const all = Object.entries(names) as [Failure, string][];
    return Object.fromEntries(all.map(([failure, name]) => [this.role + name, this.#counts.get(failure) ?? 0]));
  }
}
