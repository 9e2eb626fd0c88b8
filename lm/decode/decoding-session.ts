import { greatest } from "../../platform/extremes.js";
import { describeBackend } from "../../tensor/backend.js";
import { compile } from "../../tensor/compile.js";
import { computeThreads } from "../../tensor/flags.js";
import type { HostTensor, HostTensors, Program } from "../../tensor/program.js";
import { checkSequenceLength } from "../data/sequence-length.js";
import { parameterCount, type Architecture } from "../model/architecture.js";
import type { KvCache } from "../model/attention/kv-cache.js";
import { openKvCache } from "../model/attention/open-kv-cache.js";
import { chooseStep, historyState, readStep, type DecodingLayout } from "./decoding-steps.js";
import { decodingWeights } from "./decoding-weights.js";
import { readChunks, readShapes, type Lane, type ReadShapes } from "./reading.js";
import type { SamplingSettings } from "./sampling.js";

export interface SessionSettings {
  /** Sequences side by side. */
  rows: number;
  /**
   * Tokens that a row is expected to hold; it may hold more, up to the model's context, at the cost
   * of compiling again.
   */
  tokens: number;
  sampling: SamplingSettings;
  /**
   * Tokens that will be chosen for a row, one prompt after another: few do not justify compilation.
   * Default: many.
   */
  steps?: number;
  /** Rows that may begin with the same prompt, which is then read once for them; default 1. */
  samples?: number;
  /**
   * The kept tokens of an earlier prompt and its response are not read again if a prompt begins
   * with them.
   */
  reuse?: boolean;
}

/** A prompt for some rows, all of which respond to it. */
export interface Reading {
  rows: readonly number[];
  tokens: readonly number[];
}

/** The next tokens of all rows. */
export interface Choice {
  /** Each row's last token, [rows]: read, but not yet put into the cache. */
  tokens: Int32Array;
  /** Its index in the row's sequence, [rows]; −1 if a row has no token to continue from. */
  positions: Int32Array;
  /** A random number for each token to choose, [times · rows], in [0, 1), multiples of 2^-23. */
  uniforms: Float32Array;
  times: number;
  /**
   * Tokens that each row still lacks, [rows]: tokens beyond them are not used, and the cache has no
   * room for them.
   */
  missing: Int32Array;
}

/** Rows that are decoded on a separate thread, side by side with others. */
interface Part {
  first: number;
  rows: number;
  cache: KvCache;
  shapes: ReadShapes;
}

/**
 * Number of steps from which compiling a step pays off: compiling takes the time that some hundred
 * steps save.
 */
const repaying = 400;
/**
 * Number of rows for a separate thread; more if the weights, which each thread reads, do not stay
 * in a processor's cache.
 */
const minRows = { cached: 4, uncached: 16 };
/** Number of parameters that do: 16 MiB. */
const cachedParameters = 2 ** 22;

/**
 * Decoding of a number of rows side by side, with a cache of any kind of attention that is kept
 * natively from call to call and grows with the longest row. Prompts are read in chunks, kernel by
 * kernel, into the rows that respond to them while the others wait; tokens are chosen inside the
 * step, several in a call. XLA computes a step in one thread, so that the rows are cut into as many
 * parts as there are threads.
 *
 * With one number of rows (and threads) a row's tokens depend on its own prompt and random numbers
 * only, not on the other rows, nor on which row it is or when it was read, with one exception: a
 * matrix product may round a row's last bits by its place. Another number of rows is another
 * product, whose last bits may differ everywhere; so is another capacity, and a step that is
 * compiled or not. A sampled token then differs if a random number falls into the 1e-6 or so by
 * which a cumulative probability moves. Results that must be equal to the bit are therefore
 * computed again by the same calls from empty rows.
 */
export class DecodingSession {
  readonly rows: number;
  /** Longest sequence, prompt and response. */
  readonly contextLength: number;
  /** Maximum number of rows that may begin with the same prompt and have it read once. */
  readonly samples: number;
  /**
   * Maximum number of tokens per row that one call chooses: as many as about 50 ms allow on two
   * cores of 2025, a function of sizes alone.
   */
  readonly maxConcurrent: number;
  #parts: Part[];
  #program: Program;
  #weights: HostTensors;
  /** Tokens of each row whose keys and values are kept. */
  readonly #kept: number[][];
  /** Tokens of each row that have been put into the cache, also those beyond what counts. */
  readonly #written: number[];

  /** @param weights parameters by Hugging Face's name */
  constructor(
    private readonly a: Architecture,
    weights: HostTensors,
    private readonly settings: SessionSettings,
  ) {
    this.rows = settings.rows;
    this.contextLength = a.contextLength;
    this.samples = settings.samples ?? 1;
    this.maxConcurrent = maxConcurrent(a, settings.rows);
    this.#weights = decodingWeights(a, weights);
    this.#kept = Array.from({ length: settings.rows }, () => []);
    this.#written = this.#kept.map(() => 0);
    [this.#parts, this.#program] = this.#open(settings.tokens);
  }

  /** Tokens that the cache has room for before it grows. */
  get capacity(): number {
    return this.#parts[0]!.cache.capacity;
  }

  /**
   * Replaces the weights by others of the same architecture; the cache of the old ones is dropped.
   */
  load(weights: HostTensors): void {
    this.#weights = decodingWeights(this.a, weights);
    this.#program.write(this.#weights);
    this.#forget();
  }

  /**
   * Reads all but the last token of each prompt into the rows that respond to it; `choose` is then
   * given the last.
   * @returns tokens that had to be read
   * @throws PawlError CONTEXT_EXCEEDED, DATA_EMPTY
   */
  read(readings: readonly Reading[]): number {
    readings.forEach(({ tokens }) => checkSequenceLength(tokens.length, this.contextLength));
    this.#grow(greatest(readings.map(({ tokens }) => tokens.length - 1)));
    const lanes = readings.map(({ rows, tokens }): Lane => {
      const wanted = tokens.slice(0, -1);
      const common = rows.length === 1 ? this.#reusable(rows[0]!, wanted) : 0;
      for (const row of rows) {
        this.#kept[row] = wanted.slice(0, common);
        if (common === 0) this.#written[row] = 0;
      }
      return { rows, held: common, rest: wanted.slice(common) };
    });
    this.#read(lanes);
    return lanes.reduce((sum, { rest }) => sum + rest.length, 0);
  }

  /**
   * The tokens after each row's last one, each put into the cache before the next is chosen. Tokens
   * of a row beyond the context or beyond those it lacks are not used, nor are the tokens of a row
   * that has none to continue from.
   * @returns [times · rows]
   * @throws PawlError CONTEXT_EXCEEDED
   */
  choose(choice: Choice): Int32Array {
    const { rows } = this;
    const { tokens, positions, times, missing } = choice;
    checkSequenceLength(greatest(positions) + 1, this.contextLength);
    // A row that counts beyond the capacity writes to the spare cache position.
    const wanted = positions.map((position, r) => position + Math.min(times, missing[r]!));
    this.#grow(Math.min(greatest(wanted), this.contextLength));
    const busy = this.#parts.flatMap((part, i) =>
      positions.subarray(part.first, part.first + part.rows).some((position) => position >= 0) ? [{ part, i }] : [],
    );
    const outputs = this.#program.runTogether(
      Object.fromEntries(busy.map(({ part, i }) => [stepName("choose", i), this.#choiceInputs(part, choice)])),
    );
    const chosen = new Int32Array(times * rows);
    for (const { part, i } of busy) {
      const data = outputs[stepName("choose", i)]!["tokens"]!.data;
      for (let t = 0; t < times; t++)
        for (let r = 0; r < part.rows; r++) chosen[t * rows + part.first + r] = data[t * part.rows + r]!;
    }
    this.#record(tokens, positions, chosen);
    return chosen;
  }

  dispose(): void {
    this.#program.dispose();
  }

  /** Empties all rows. */
  #forget(): void {
    this.#kept.forEach((kept) => (kept.length = 0));
    this.#written.fill(0);
  }

  /** The number of a prompt's tokens that the row holds. */
  #reusable(row: number, wanted: readonly number[]): number {
    if (!this.settings.reuse) return 0;
    const common = commonLength(this.#kept[row]!, wanted);
    return this.#parts[0]!.cache.holds(common, this.#written[row]!) ? common : 0;
  }

  #read(lanes: readonly Lane[]): void {
    this.#parts.forEach(({ first, rows, shapes }, i) => {
      const own = lanes.flatMap((lane) => {
        const local = lane.rows.flatMap((row) => (row >= first && row < first + rows ? [row - first] : []));
        return local.length > 0 && lane.rest.length > 0 ? [{ ...lane, rows: local }] : [];
      });
      for (const { name, inputs } of readChunks(own, shapes)) this.#program.run(stepName(name, i), inputs);
    });
    for (const { rows, rest } of lanes)
      for (const row of rows) {
        for (const token of rest) this.#kept[row]!.push(token);
        this.#written[row] = Math.max(this.#written[row]!, this.#kept[row]!.length);
      }
  }

  #choiceInputs({ first, rows }: Part, { tokens, positions, uniforms, times }: Choice): HostTensors {
    const { maxConcurrent } = this;
    const numbers = new Float32Array(maxConcurrent * rows);
    for (let t = 0; t < times; t++)
      numbers.set(uniforms.subarray(t * this.rows + first, t * this.rows + first + rows), t * rows);
    const own = (values: Int32Array): Int32Array =>
      Int32Array.from({ length: rows }, (_, r) => Math.max(0, values[first + r]!));
    return {
      tokens: integers([rows, 1], own(tokens)),
      positions: integers([rows, 1], own(positions)),
      uniforms: { dtype: "float32", shape: [maxConcurrent, rows], data: numbers },
      times: integers([], Int32Array.of(times)),
    };
  }

  /**
   * @param chosen the tokens that followed, [times · rows]: all but the last were put into the
   *   cache
   */
  #record(tokens: Int32Array, positions: Int32Array, chosen: Int32Array): void {
    const { rows, capacity } = this;
    this.#kept.forEach((kept, r) => {
      kept.length = Math.min(kept.length, Math.max(0, positions[r]!));
      if (positions[r]! < 0) return;
      kept.push(tokens[r]!);
      for (let i = r; i + rows < chosen.length; i += rows) kept.push(chosen[i]!);
      this.#written[r] = Math.max(this.#written[r]!, kept.length);
      kept.length = Math.min(kept.length, capacity);
    });
  }

  /** Makes room; the tokens of the rows are read again. */
  #grow(tokens: number): void {
    if (tokens <= this.capacity) return;
    const larger = Math.max(tokens, 2 * this.capacity);
    this.#program.dispose();
    [this.#parts, this.#program] = this.#open(larger);
    const lanes = this.#kept.map((kept, row): Lane => ({ rows: [row], held: 0, rest: kept.slice() }));
    this.#forget();
    this.#read(lanes);
  }

  #open(tokens: number): [Part[], Program] {
    const { a, settings, maxConcurrent } = this;
    const compiled = (settings.steps ?? Infinity) >= repaying;
    const steps: Record<string, ReturnType<typeof chooseStep>> = {};
    let state = this.#weights;
    const parts = splitRows(a, settings.rows, compiled).map(({ first, rows }, i): Part => {
      const name = `part ${i}`;
      const cache = openKvCache(a, { name, rows, tokens });
      const layout: DecodingLayout = { a, cache, name, rows, sampling: settings.sampling, maxConcurrent, compiled };
      state = { ...state, ...cache.state(), ...historyState(layout) };
      steps[stepName("choose", i)] = chooseStep(layout);
      const shapes = readShapes({ ...settings, rows });
      for (const [kind, shape] of Object.entries(shapes)) steps[stepName(kind, i)] = readStep(layout, shape);
      return { first, rows, cache, shapes };
    });
    return [parts, compile(state, steps)];
  }
}

const stepName = (kind: string, part: number): string => `${kind} ${part}`;

/** Rows cut into parts of nearly equal size. */
function splitRows(a: Architecture, rows: number, compiled: boolean): { first: number; rows: number }[] {
  // Kernels, and a GPU, have threads of their own.
  const most = compiled && describeBackend().device === "cpu" ? computeThreads() : 1;
  const least = parameterCount(a) <= cachedParameters ? minRows.cached : minRows.uncached;
  const count = Math.max(1, Math.min(most, Math.floor(rows / least)));
  const begin = (part: number): number => Math.floor((part * rows) / count);
  return Array.from({ length: count }, (_, i) => ({ first: begin(i), rows: begin(i + 1) - begin(i) }));
}

/**
 * About the maximum duration of a call, ms, so that its tokens are soon shown and it can soon be
 * stopped.
 */
const patienceMs = 50;

/**
 * A step takes the time to read the weights plus one product per row, measured at 1 to 128 rows.
 */
function maxConcurrent(a: Architecture, rows: number): number {
  const stepMs = parameterCount(a) * (1.35e-7 + rows * 2.5e-8);
  // Rows that end inside a call are decoded needlessly up to its end.
  return Math.max(1, Math.min(rows === 1 ? 16 : 8, Math.floor(patienceMs / stepMs)));
}

function integers(shape: number[], data: Int32Array): HostTensor {
  return { dtype: "int32", shape, data };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((token, i) => token !== b[i]);
  return differs < 0 ? a.length : differs;
}
