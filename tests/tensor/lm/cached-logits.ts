import { cachedForward, readStep, type DecodingLayout } from "../../../lm/decode/decoding-steps.js";
import { decodingLogits, decodingWeights } from "../../../lm/decode/decoding-weights.js";
import { readChunks, readShapes, type Lane } from "../../../lm/decode/reading.js";
import type { Architecture } from "../../../lm/model/architecture.js";
import { openKvCache } from "../../../lm/model/attention/open-kv-cache.js";
import { compile } from "../../../tensor/compile.js";
import type { HostTensors } from "../../../tensor/program.js";

/** The logits that a session chooses tokens by, with a cache for `rows` rows of `tokens` tokens. */
export class CachedLogits {
  readonly #program;
  readonly #shapes;
  readonly capacity: number;

  constructor(
    private readonly a: Architecture,
    weights: HostTensors,
    private readonly size: { rows: number; tokens: number; samples?: number },
  ) {
    const { rows, tokens } = size;
    const cache = openKvCache(a, { name: "cache", rows, tokens });
    const sampling = { temperature: 0, topK: 0, topP: 1 };
    const layout: DecodingLayout = { a, cache, name: "cache", rows, sampling, maxConcurrent: 1, compiled: false };
    this.#shapes = readShapes(size);
    this.capacity = cache.capacity;
    const integers = { dtype: "int32" as const, shape: [rows, 1] };
    const reads = Object.entries(this.#shapes).map(([name, shape]) => [name, readStep(layout, shape)] as const);
    this.#program = compile<string>(
      { ...decodingWeights(a, weights), ...cache.state() },
      {
        ...Object.fromEntries(reads),
        logits: {
          fuse: false,
          inputs: { tokens: integers, positions: integers },
          run: (state, { tokens, positions }) => {
            const inputs = { tokens: tokens!, positions: positions! };
            const { hidden, updates } = cachedForward(a, cache, state, inputs);
            return { updates, outputs: { logits: decodingLogits(state, hidden) } };
          },
        },
      },
    );
  }

  read(lanes: readonly Lane[]): void {
    for (const { name, inputs } of readChunks(lanes, this.#shapes)) this.#program.run(name, inputs);
  }

  /** Reads all but the last token of each sequence, each into the row of its place. */
  readAll(sequences: readonly (readonly number[])[]): void {
    this.read(sequences.map((sequence, row) => ({ rows: [row], held: 0, rest: sequence.slice(0, -1) })));
  }

  /**
   * Logits after each sequence, of which all but the last token have been put into the row of its
   * place.
   */
  next(sequences: readonly (readonly number[])[]): Float32Array[] {
    const shape = [this.size.rows, 1];
    const { logits } = this.#program.run("logits", {
      tokens: { dtype: "int32", shape, data: Int32Array.from(sequences, (sequence) => sequence.at(-1)!) },
      positions: { dtype: "int32", shape, data: Int32Array.from(sequences, ({ length }) => length - 1) },
    });
    const vocabulary = this.a.vocabularySize;
    const data = logits!.data as Float32Array;
    return sequences.map((_, r) => data.slice(r * vocabulary, (r + 1) * vocabulary));
  }

  dispose(): void {
    this.#program.dispose();
  }
}

/** Id of the highest logit, the lower one in a tie. */
export function argMax(logits: ArrayLike<number>): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}
