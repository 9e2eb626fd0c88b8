import { PawlError } from "../../platform/errors.js";
import { resolveAttention, type AttentionFields, type AttentionSettings } from "./attention/settings.js";
import { checkScaledContext, ntkTheta, type RopeScaling, type RopeScalingSettings } from "./rope.js";

/** The Qwen3 layout, all sizes decided. A width is in floats a token. */
export interface Architecture {
  vocabularySize: number;
  layers: number;
  /** Hidden size. */
  width: number;
  heads: number;
  keyValueHeads: number;
  headWidth: number;
  feedForwardWidth: number;
  /** Longest sequence, tokens. */
  context: number;
  ropeTheta: number;
  ropeScaling?: RopeScaling;
  tieEmbeddings: boolean;
  /** Added to the mean square inside RMSNorm. */
  normEpsilon: number;
  attention: AttentionSettings;
}

/** What a pipeline says of the architecture; the rest follows from it. */
export interface ArchitectureSettings extends AttentionFields {
  layers: number;
  width: number;
  heads: number;
  keyValueHeads?: number;
  headWidth?: number;
  feedForwardWidth?: number;
  context: number;
  ropeTheta: number;
  ropeScaling?: RopeScalingSettings;
  tieEmbeddings: boolean;
}

/**
 * Decides every size that the settings leave open.
 * @throws PawlError OUT_OF_RANGE where heads do not divide or ntk has nothing to scale; CONTEXT_EXCEEDED beyond the scaled RoPE;
 * or what `resolveAttention` throws
 */
export function resolveArchitecture(settings: ArchitectureSettings, vocabularySize: number): Architecture {
  const { width, heads } = settings;
  const keyValueHeads = settings.keyValueHeads ?? heads;
  const headWidth = settings.headWidth ?? width / heads;
  if (!Number.isInteger(headWidth) || headWidth % 2 !== 0)
    throw new PawlError("OUT_OF_RANGE", "width / heads must be an even integer", {
      where: "with.architecture",
      expected: "heads that divide width into even parts, or headWidth given",
      got: `width ${width}, heads ${heads}`,
      next: "change width or heads, or set headWidth",
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
    width,
    heads,
    keyValueHeads,
    headWidth,
    feedForwardWidth: settings.feedForwardWidth ?? Math.ceil((8 * width) / 3 / 32) * 32,
    context: settings.context,
    ...scaledRope(settings, headWidth),
    tieEmbeddings: settings.tieEmbeddings,
    normEpsilon: 1e-6,
    attention: resolveAttention(settings, "with.architecture"),
  };
}

function scaledRope(
  { context, ropeTheta, ropeScaling }: Pick<ArchitectureSettings, "context" | "ropeTheta" | "ropeScaling">,
  headWidth: number,
): Pick<Architecture, "ropeTheta" | "ropeScaling"> {
  if (!ropeScaling) return { ropeTheta };
  const { type, factor, originalContext } = ropeScaling;
  checkScaledContext(context, ropeScaling, "with.architecture.context");
  if (type === "ntk" && headWidth === 2)
    throw new PawlError("OUT_OF_RANGE", "ntk cannot scale heads of width 2, whose one pair is the fastest", {
      where: "with.architecture.ropeScaling.type",
      expected: "heads of width 4 or more, or another type",
      got: "headWidth 2",
    });
  if (type === "ntk") return { ropeTheta: ntkTheta(ropeTheta, headWidth, factor) };
  return { ropeTheta, ropeScaling: { type, factor, originalContext } };
}

/** How a parameter begins, and which optimiser a matrix of the hidden layers gets. */
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
  const list: Parameter[] = [{ name: embeddingName, shape: [a.vocabularySize, a.width], role: "embedding" }];
  for (let layer = 0; layer < a.layers; layer++) list.push(...layerParameters(a, layer));
  list.push({ name: finalNormName, shape: [a.width], role: "gain" });
  if (!a.tieEmbeddings) list.push({ name: headName, shape: [a.vocabularySize, a.width], role: "embedding" });
  return list;
}

function layerParameters(a: Architecture, layer: number): Parameter[] {
  const queryWidth = a.heads * a.headWidth;
  const keyWidth = a.keyValueHeads * a.headWidth;
  const row = (name: string, shape: number[], role: ParameterRole): Parameter => ({
    name: `model.layers.${layer}.${name}.weight`,
    shape,
    role,
  });
  return [
    row("input_layernorm", [a.width], "gain"),
    row("self_attn.q_proj", [queryWidth, a.width], "matrix"),
    row("self_attn.k_proj", [keyWidth, a.width], "matrix"),
    row("self_attn.v_proj", [keyWidth, a.width], "matrix"),
    row("self_attn.o_proj", [a.width, queryWidth], "residual"),
    row("self_attn.q_norm", [a.headWidth], "gain"),
    row("self_attn.k_norm", [a.headWidth], "gain"),
    ...(a.attention.kind === "sparse"
      ? [
          row("self_attn.block_pool", [a.keyValueHeads, a.width], "gate"),
          row("self_attn.block_gate", [a.heads, a.width], "gate"),
        ]
      : []),
    row("post_attention_layernorm", [a.width], "gain"),
    row("mlp.gate_proj", [a.feedForwardWidth, a.width], "matrix"),
    row("mlp.up_proj", [a.feedForwardWidth, a.width], "matrix"),
    row("mlp.down_proj", [a.width, a.feedForwardWidth], "residual"),
  ];
}

/** Number of floats in a model. */
export function parameterCount(a: Architecture): number {
  return parameters(a).reduce((sum, p) => sum + p.shape.reduce((x, y) => x * y, 1), 0);
}
