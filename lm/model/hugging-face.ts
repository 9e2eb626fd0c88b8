import { PawlError } from "../../platform/errors.js";
import type { JsonObject } from "../../platform/json.js";
import type { Architecture } from "./architecture.js";
import { attentionConfig, parseAttention, modelType } from "./attention/config.js";
import { checkScaledContext, type RopeScaling } from "./rope.js";

/** Ids of the tokens that a model's configuration names. */
export interface SpecialTokens {
  /** Ends a document. */
  endOfText: number;
  /** Never equal to an end token. */
  pad: number;
  /** Tokens at which a response ends: end of turn, end of text. */
  stop: number[];
}

/**
 * `config.json` of transformers' `Qwen3ForCausalLM`, or of a model that only Pawl reads, if Qwen3
 * has no such attention.
 */
export function toConfig(a: Architecture, tokens: SpecialTokens): JsonObject {
  return {
    architectures: ["Qwen3ForCausalLM"],
    model_type: "qwen3",
    attention_bias: false,
    attention_dropout: 0,
    bos_token_id: null,
    dtype: "float32",
    eos_token_id: tokens.endOfText,
    head_dim: a.headDim,
    hidden_act: "silu",
    hidden_size: a.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: a.intermediateSize,
    max_position_embeddings: a.contextLength,
    max_window_layers: a.layers,
    num_attention_heads: a.heads,
    num_hidden_layers: a.layers,
    num_key_value_heads: a.keyValueHeads,
    pad_token_id: tokens.pad,
    rms_norm_eps: a.normEpsilon,
    // Twice: transformers 5 reads rope_parameters, transformers 4 and llama.cpp read rope_scaling
    // and rope_theta.
    rope_parameters: { rope_theta: a.ropeTheta, ...toRopeParameters(a.ropeScaling) },
    ...(a.ropeScaling && { rope_scaling: { rope_theta: a.ropeTheta, ...toRopeParameters(a.ropeScaling) } }),
    rope_theta: a.ropeTheta,
    sliding_window: null,
    tie_word_embeddings: a.tieEmbeddings,
    use_cache: true,
    use_sliding_window: false,
    vocab_size: a.vocabularySize,
    ...attentionConfig(a),
  };
}

/**
 * `config.json` of transformers' `Qwen3ForSequenceClassification` with one label: a reward model.
 */
export function toRewardConfig(a: Architecture, tokens: SpecialTokens): JsonObject {
  const config = toConfig(a, tokens);
  return {
    ...config,
    architectures: ["Qwen3ForSequenceClassification"],
    id2label: { "0": "score" },
    label2id: { score: 0 },
  };
}

/** `generation_config.json`: the tokens that end generation. */
export function toGenerationConfig(tokens: SpecialTokens): JsonObject {
  return { eos_token_id: tokens.stop, pad_token_id: tokens.pad };
}

/**
 * Maximum number of layers: those of a file that was imported are counted before its weights are
 * read.
 */
const maxLayers = 10_000;

/**
 * The architecture that a `config.json` describes, Pawl's own or another's.
 * @throws PawlError MODEL_INVALID for a layout other than Qwen3's.
 */
export function fromConfig(config: JsonObject): Architecture {
  if (config["model_type"] !== "qwen3" && config["model_type"] !== modelType)
    throw new PawlError("MODEL_INVALID", "only the Qwen3 layout can be loaded", {
      where: "config.json: model_type",
      expected: "qwen3",
      got: JSON.stringify(config["model_type"]),
    });
  if (config["attention_bias"] === true)
    throw new PawlError("MODEL_INVALID", "attention biases are not supported", {
      where: "config.json",
    });
  const layers = integer(config, "num_hidden_layers");
  if (layers < 1 || layers > maxLayers)
    throw new PawlError("MODEL_INVALID", "config.json: num_hidden_layers is out of range", {
      where: "config.json: num_hidden_layers",
      expected: `1 to ${maxLayers}`,
      got: String(layers),
    });
  const hiddenSize = integer(config, "hidden_size");
  const heads = integer(config, "num_attention_heads");
  return {
    vocabularySize: integer(config, "vocab_size"),
    layers,
    hiddenSize,
    heads,
    keyValueHeads: integer(config, "num_key_value_heads", heads),
    headDim: integer(config, "head_dim", hiddenSize / heads),
    intermediateSize: integer(config, "intermediate_size"),
    contextLength: integer(config, "max_position_embeddings"),
    ...fromRopeParameters(config),
    tieEmbeddings: config["tie_word_embeddings"] === true,
    normEpsilon: Number(config["rms_norm_eps"] ?? 1e-6),
    attention: parseAttention(config),
  };
}

function toRopeParameters(scaling: RopeScaling | undefined): JsonObject {
  if (!scaling) return { rope_type: "default" };
  const { type, factor, originalContextLength } = scaling;
  // For linear, transformers knows no original context and warns about one.
  return {
    rope_type: type,
    factor,
    ...(type === "yarn" && { original_max_position_embeddings: originalContextLength }),
  };
}

/** The keys that a scaling may have, and further ones for which Pawl supports only one value. */
const ropeKeys = ["rope_theta", "rope_type", "type", "factor", "original_max_position_embeddings"];
const ropeDefaults: JsonObject = { beta_fast: 32, beta_slow: 1, truncate: true, partial_rotary_factor: 1 };

/** RoPE as transformers 5 (`rope_parameters`) or 4 (`rope_scaling`) describes it. */
function fromRopeParameters(config: JsonObject): Pick<Architecture, "ropeTheta" | "ropeScaling"> {
  const rope = (config["rope_parameters"] ?? config["rope_scaling"] ?? {}) as JsonObject;
  const ropeTheta = Number(rope["rope_theta"] ?? config["rope_theta"] ?? 10000);
  const type = rope["rope_type"] ?? rope["type"] ?? "default";
  if (type === "default") return { ropeTheta };
  const { factor } = rope;
  const known = Object.keys(rope).every(
    (key) => ropeKeys.includes(key) || (rope[key] ?? null) === (ropeDefaults[key] ?? null),
  );
  if ((type !== "linear" && type !== "yarn") || typeof factor !== "number" || !known)
    throw new PawlError("MODEL_INVALID", "this scaling of RoPE is not supported", {
      where: "config.json: rope_parameters",
      expected: "rope_type default, linear or yarn, with its factor and transformers' defaults",
      got: JSON.stringify(rope),
    });
  const context = integer(config, "max_position_embeddings");
  const originalContextLength = integer(rope, "original_max_position_embeddings", Math.ceil(context / factor));
  checkScaledContext(context, { factor, originalContextLength }, "config.json: max_position_embeddings");
  return { ropeTheta, ropeScaling: { type, factor, originalContextLength } };
}

/** The special tokens that a model's two configuration files name. */
export function fromTokenConfigs(config: JsonObject, generation: JsonObject): SpecialTokens {
  const endOfText = integer(config, "eos_token_id");
  const stop = generation["eos_token_id"] ?? endOfText;
  return {
    endOfText,
    pad: integer(config, "pad_token_id"),
    stop: Array.isArray(stop) ? stop.map(Number) : [Number(stop)],
  };
}

function integer(config: JsonObject, key: string, otherwise?: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw new PawlError("MODEL_INVALID", `config.json: ${key} must be an integer`, {
      where: `config.json: ${key}`,
      expected: "an integer",
      got: JSON.stringify(value ?? null),
    });
  return value;
}
