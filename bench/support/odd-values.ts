import { RandomStream } from "../../platform/random.js";
import { isObject, type Json } from "../../platform/json.js";

/** Values at limits, and names that a receiver might take for its own. */
const leaves: readonly Json[] = [
  ...[null, true, false, 0, 1, 2, -1, 1.5, 1e300, 2 ** 53, "", "a", "\ud800", "\u0000", "x".repeat(5000)],
  ...["__proto__", "constructor", "toString", "granted", "waiting", "refused", "queue", "cancel", "fail", "retry"],
  ...["first", "tie", "asks", "parks", "after", "kept-1", "kept-2", "../../x", "/etc/passwd", "${{ secrets.X }}"],
];
const names = [
  ...[
    "stage",
    "item",
    "choice",
    "by",
    "note",
    "before",
    "pairs",
    "approved",
    "comment",
    "answers",
    "with",
    "signature",
  ],
  ...["place", "behind", "runId", "execution", "limit", "onLimit", "startedAtMs", "asks", "status", "run", "verb"],
  ...[
    "sinceMs",
    "group",
    "holders",
    "waiting",
    "retry",
    "event",
    "webhook",
    "pipeline",
    "definition",
    "plan",
    "stages",
  ],
  ...["__proto__", "toString", "length", "then", "toJSON"],
];

/** Random choices of a seed: the same each time. */
export class Odds {
  readonly #stream: RandomStream;
  #drawn = 0;

  constructor(seed: number, name: string) {
    this.#stream = new RandomStream(seed, name);
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return Math.floor(this.#stream.uniform(this.#drawn++) * count);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Any JSON, mostly of names that a receiver looks for. */
  value(depth = 3): Json {
    const kind = depth === 0 ? 0 : this.below(4);
    if (kind <= 1) return this.pick(leaves);
    const count = this.below(5);
    if (kind === 2) return Array.from({ length: count }, () => this.value(depth - 1));
    return Object.fromEntries(Array.from({ length: count }, () => [this.pick(names), this.value(depth - 1)]));
  }

  /** A copy in which something, at any depth, is another value, is missing, or has another name. */
  changed(value: Json): Json {
    if (this.below(6) === 0 || (!Array.isArray(value) && !isObject(value))) return this.value(2);
    if (Array.isArray(value)) {
      if (value.length === 0) return [this.value(1)];
      const at = this.below(value.length);
      return value.map((item, i) => (i === at ? this.changed(item) : item));
    }
    const keys = Object.keys(value);
    if (keys.length === 0) return { [this.pick(names)]: this.value(1) };
    const key = this.pick(keys);
    const { [key]: before, ...rest } = value;
    if (this.below(8) === 0) return rest;
    return { ...rest, [this.below(12) === 0 ? this.pick(names) : key]: this.changed(before!) };
  }
}
