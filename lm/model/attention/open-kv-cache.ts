import type { Architecture } from "../architecture.js";
import type { CacheSize, KvCache } from "./kv-cache.js";
import { SparseCache } from "./sparse-cache.js";
import { TokenCache } from "./token-cache.js";

/**
 * The cache of a model's kind of attention; none holds more tokens per row than the model's
 * context.
 */
export function openKvCache(a: Architecture, size: CacheSize): KvCache {
  const held = { ...size, tokens: Math.min(size.tokens, a.contextLength) };
  return a.attention.kind === "sparse" ? new SparseCache(a, a.attention, held) : new TokenCache(a, a.attention, held);
}
