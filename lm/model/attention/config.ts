import { PawlError } from "../../../platform/errors.js";
import type { JsonObject } from "../../../platform/json.js";
import { resolveAttention, type AttentionFields, type AttentionSettings } from "./settings.js";

/**
 * `model_type` of a model whose attention Qwen3 does not have, so that no other program misreads
 * it.
 */
export const modelType = "pawl";

/**
 * The keys of `config.json` for attention, in addition to or instead of a dense model's. A window
 * alone is Qwen3's own (`layer_types`, transformers `configuration_qwen3.py`).
 */
export function attentionConfig({ attention, layers }: { attention: AttentionSettings; layers: number }): JsonObject {
  if (attention.kind === "dense") return {};
  if (attention.kind === "local" && attention.sinks === 0)
    return {
      use_sliding_window: true,
      sliding_window: attention.window,
      max_window_layers: 0,
      layer_types: Array.from({ length: layers }, () => "sliding_attention"),
    };
  const { kind, ...fields } = attention;
  return { architectures: ["PawlForCausalLM"], model_type: modelType, pawl_attention: { attention: kind, ...fields } };
}

/**
 * The attention that a `config.json` describes.
 * @throws PawlError MODEL_INVALID if layers differ, or `resolveAttention`'s errors
 */
export function parseAttention(config: JsonObject): AttentionSettings {
  if (config["model_type"] === modelType)
    return resolveAttention(config["pawl_attention"] as AttentionFields, "config.json: pawl_attention");
  const layers = Number(config["num_hidden_layers"]);
  const windowed = config["use_sliding_window"] === true && typeof config["sliding_window"] === "number";
  const from = Number(config["max_window_layers"] ?? 28);
  const types = Array.isArray(config["layer_types"])
    ? config["layer_types"]
    : Array.from({ length: layers }, (_, i) => (windowed && i >= from ? "sliding_attention" : "full_attention"));
  if (types.every((type) => type === "full_attention")) return { kind: "dense" };
  if (windowed && types.every((type) => type === "sliding_attention"))
    return { kind: "local", window: Number(config["sliding_window"]), sinks: 0 };
  throw new PawlError("MODEL_INVALID", "layers with different attention are not supported", {
    where: "config.json: layer_types",
    expected: "all full_attention, or all sliding_attention with use_sliding_window and sliding_window",
    got: JSON.stringify(types),
  });
}
