import { PawlError } from "../../platform/errors.js";

/**
 * How RoPE is stretched so that a model trained on short sequences reads longer ones.
 * - linear (Chen et al. 2023, "Extending context window of large language models via positional
 *   interpolation"): every angle divided by the factor.
 * - yarn (Peng et al. 2023, "YaRN"; transformers `_compute_yarn_parameters`): pairs that turn at
 *   least 32 times within the original context are unchanged, those that turn less than once are
 *   divided by the factor, a ramp between; and cosines and sines are multiplied by 0.1·ln(factor) +
 *   1, the square root of the attention's inverse temperature.
 */
export interface RopeScaling {
  type: "linear" | "yarn";
  /** Longest sequence ÷ the original one. */
  factor: number;
  /** Longest sequence that the model was trained on before, tokens. */
  originalContextLength: number;
}

/** A pipeline's settings; `ntk` becomes a larger theta and nothing else ({@link ntkTheta}). */
export type RopeScalingSettings = Omit<RopeScaling, "type"> & { type: RopeScaling["type"] | "ntk" };

/**
 * NTK-aware scaling (bloc97 2023): the theta at which the slowest pair turns `factor` times slower,
 * the fastest as before: theta · factor^(headDim/(headDim − 2)). Transformers computes the same for
 * `dynamic`, but from each sequence's length.
 */
export function ntkTheta(theta: number, headDim: number, factor: number): number {
  return theta * factor ** (headDim / (headDim - 2));
}

/**
 * The longest sequence that a scaling allows, tokens, must not be shorter than the context.
 * @throws PawlError CONTEXT_EXCEEDED
 */
export function checkScaledContext(
  context: number,
  { factor, originalContextLength }: Pick<RopeScaling, "factor" | "originalContextLength">,
  where: string,
): void {
  if (context <= factor * originalContextLength) return;
  throw new PawlError("CONTEXT_EXCEEDED", "the context is longer than the scaled RoPE allows", {
    where,
    expected: `at most ${Math.floor(factor * originalContextLength)} tokens (factor ${factor} · originalContextLength ${originalContextLength})`,
    got: String(context),
    next: `raise ropeScaling.factor to ${context / originalContextLength}, or lower the context`,
  });
}

/**
 * RoPE's angles per position (Su et al. 2021), theta^(−2i/headDim), scaled.
 * @returns [headDim / 2], radians
 */
export function ropeFrequencies(headDim: number, theta: number, scaling?: RopeScaling): Float64Array {
  const plain = Float64Array.from({ length: headDim / 2 }, (_, i) => theta ** (-(2 * i) / headDim));
  if (!scaling) return plain;
  const { factor } = scaling;
  if (scaling.type === "linear") return plain.map((frequency) => frequency / factor);
  const ramp = yarnRamp(headDim, theta, scaling.originalContextLength);
  return plain.map((frequency, i) => (frequency / factor) * ramp[i]! + frequency * (1 - ramp[i]!));
}

/** The factor of cosines and sines. */
export function ropeAmplitude(scaling?: RopeScaling): number {
  return scaling?.type === "yarn" && scaling.factor > 1 ? 0.1 * Math.log(scaling.factor) + 1 : 1;
}

/**
 * YaRN's bounds: pairs that turn more often than `fast` within the original context, and less often
 * than `slow`.
 */
const turns = { fast: 32, slow: 1 };

/** Share of interpolation of each pair: 0 leaves it unchanged, 1 divides it by the factor. */
function yarnRamp(headDim: number, theta: number, originalContextLength: number): Float64Array {
  const pairThatTurns = (times: number): number =>
    (headDim * Math.log(originalContextLength / (times * 2 * Math.PI))) / (2 * Math.log(theta));
  const low = Math.max(Math.floor(pairThatTurns(turns.fast)), 0);
  const high = Math.min(Math.ceil(pairThatTurns(turns.slow)), headDim - 1);
  // Transformers' guard against a division by zero, kept for the same numbers.
  const hiddenSize = low === high ? 0.001 : high - low;
  return Float64Array.from({ length: headDim / 2 }, (_, i) => Math.min(1, Math.max(0, (i - low) / hiddenSize)));
}

/** The tables of RoPE for all positions of a context, computed in double precision on the host. */
export interface RotationTables {
  /** [context, headDim]: the angles twice, one half after the other. */
  cos: Float32Array;
  sin: Float32Array;
}

/** Cosines and sines of position · frequency. */
export function rotationTables(context: number, headDim: number, theta: number, scaling?: RopeScaling): RotationTables {
  const half = headDim / 2;
  const frequencies = ropeFrequencies(headDim, theta, scaling);
  const amplitude = ropeAmplitude(scaling);
  const cos = new Float32Array(context * headDim);
  const sin = new Float32Array(context * headDim);
  for (let position = 0; position < context; position++)
    for (let i = 0; i < headDim; i++) {
      const angle = position * frequencies[i % half]!;
      cos[position * headDim + i] = amplitude * Math.cos(angle);
      sin[position * headDim + i] = amplitude * Math.sin(angle);
    }
  return { cos, sin };
}
