import { PawlError } from "../../platform/errors.js";
import { resolveAttention, type AttentionFields, type AttentionSettings } from "./attention/settings.js";
import { checkScaledContext, ntkTheta, type RopeScaling, type RopeScalingSettings } from "./rope.js";

/** The Qwen3 layout with all sizes. Sizes are in floats per token. */
export interface Architecture {
  vocabularySize: number;
  layers: number;
  /** Hidden size. */
  hiddenSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  intermediateSize: number;
  /** Longest sequence, tokens. */
  contextLength: number;
  ropeTheta: number;
  ropeScaling?: RopeScaling;
  tieEmbeddings: boolean;
  /** Added to the mean square inside RMSNorm. */
  normEpsilon: number;
  attention: AttentionSettings;
}

/** A pipeline's settings of the architecture; the rest follows from them. */
export interface ArchitectureSettings extends AttentionFields {
  layers: number;
  hiddenSize: number;
  heads: number;
  keyValueHeads?: number;
  headDim?: number;
  intermediateSize?: number;
  contextLength: number;
  ropeTheta: number;
  ropeScaling?: RopeScalingSettings;
  tieEmbeddings: boolean;
}

/**
 * Chooses every size that the settings do not set.
 * @throws PawlError OUT_OF_RANGE if heads do not divide or ntk has nothing to scale;
 * CONTEXT_EXCEEDED beyond the scaled RoPE; or what `resolveAttention` throws
 */
export function resolveArchitecture(settings: ArchitectureSettings, vocabularySize: number): Architecture {
  const { hiddenSize, heads } = settings;
  const keyValueHeads = settings.keyValueHeads ?? heads;
  const headDim = settings.headDim ?? hiddenSize / heads;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw new PawlError("OUT_OF_RANGE", "hiddenSize / heads must be an even integer", {
      where: "with.architecture",
      expected: "heads that divide hiddenSize into even parts, or headDim given",
      got: `hiddenSize ${hiddenSize}, heads ${heads}`,
      next: "change hiddenSize or heads, or set headDim",
    });
  if (heads % keyValueHeads !== 0)
    throw new PawlError("OUT_OF_RANGE", "heads must be a multiple of keyValueHeads", {
      where: "with.architecture.keyValueHeads",
      expected: `a divisor of ${heads}`,
      got: String(keyValueHeads),
    });
  return {
    vocabularySize,
    layers: settings.layers,
    hiddenSize,
    heads,
    keyValueHeads,
    headDim,
    intermediateSize: settings.intermediateSize ?? Math.ceil((8 * hiddenSize) / 3 / 32) * 32,
    contextLength: settings.contextLength,
    ...scaledRope(settings, headDim),
    tieEmbeddings: settings.tieEmbeddings,
    normEpsilon: 1e-6,
    attention: resolveAttention(settings, "with.architecture"),
  };
}

function scaledRope(
  { contextLength, ropeTheta, ropeScaling }: Pick<ArchitectureSettings, "contextLength" | "ropeTheta" | "ropeScaling">,
  headDim: number,
): Pick<Architecture, "ropeTheta" | "ropeScaling"> {
  if (!ropeScaling) return { ropeTheta };
  const { type, factor, originalContextLength } = ropeScaling;
  checkScaledContext(contextLength, ropeScaling, "with.architecture.contextLength");
  if (type === "ntk" && headDim === 2)
    throw new PawlError("OUT_OF_RANGE", "ntk cannot scale heads of headDim 2, whose one pair is the fastest", {
      where: "with.architecture.ropeScaling.type",
      expected: "heads of headDim 4 or more, or another type",
      got: "headDim 2",
    });
  if (type === "ntk") return { ropeTheta: ntkTheta(ropeTheta, headDim, factor) };
  return { ropeTheta, ropeScaling: { type, factor, originalContextLength } };
}

/** A parameter's initialization, and the optimizer of a matrix of the hidden layers. */
export type ParameterRole = "embedding" | "matrix" | "residual" | "gain" | "gate";

export interface Parameter {
  /** Hugging Face's name. */
  name: string;
  /** A linear layer's weight is [out, in]. */
  shape: number[];
  role: ParameterRole;
}

export const embeddingName = "model.embed_tokens.weight";
export const finalNormName = "model.norm.weight";
export const headName = "lm_head.weight";

/** The parameters in their order in the file: embedding, layers, final norm, head (unless tied). */
export function parameters(a: Architecture): Parameter[] {
  const list: Parameter[] = [{ name: embeddingName, shape: [a.vocabularySize, a.hiddenSize], role: "embedding" }];
  for (let layer = 0; layer < a.layers; layer++) list.push(...layerParameters(a, layer));
  list.push({ name: finalNormName, shape: [a.hiddenSize], role: "gain" });
  if (!a.tieEmbeddings) list.push({ name: headName, shape: [a.vocabularySize, a.hiddenSize], role: "embedding" });
  return list;
}

function layerParameters(a: Architecture, layer: number): Parameter[] {
  const queryWidth = a.heads * a.headDim;
  const keyWidth = a.keyValueHeads * a.headDim;
  const row = (name: string, shape: number[], role: ParameterRole): Parameter => ({
    name: `model.layers.${layer}.${name}.weight`,
    shape,
    role,
  });
  return [
    row("input_layernorm", [a.hiddenSize], "gain"),
    row("self_attn.q_proj", [queryWidth, a.hiddenSize], "matrix"),
    row("self_attn.k_proj", [keyWidth, a.hiddenSize], "matrix"),
    row("self_attn.v_proj", [keyWidth, a.hiddenSize], "matrix"),
    row("self_attn.o_proj", [a.hiddenSize, queryWidth], "residual"),
    row("self_attn.q_norm", [a.headDim], "gain"),
    row("self_attn.k_norm", [a.headDim], "gain"),
    ...(a.attention.kind === "sparse"
      ? [
          row("self_attn.block_pool", [a.keyValueHeads, a.hiddenSize], "gate"),
          row("self_attn.block_gate", [a.heads, a.hiddenSize], "gate"),
        ]
      : []),
    row("post_attention_layernorm", [a.hiddenSize], "gain"),
    row("mlp.gate_proj", [a.intermediateSize, a.hiddenSize], "matrix"),
    row("mlp.up_proj", [a.intermediateSize, a.hiddenSize], "matrix"),
    row("mlp.down_proj", [a.hiddenSize, a.intermediateSize], "residual"),
  ];
}

/** The parameters among a model's tensors. */
export function pickParameters<T>(a: Architecture, weights: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(parameters(a).map(({ name }) => [name, weights[name]!]));
}

/** Number of floats in a model. */
export function parameterCount(a: Architecture): number {
  return parameters(a).reduce((sum, p) => sum + p.shape.reduce((x, y) => x * y, 1), 0);
}
