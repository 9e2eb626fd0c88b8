import type { Tensor } from "@tensorflow/tfjs-core";
import type { Architecture } from "../architecture.js";
import type { Attention } from "./attention.js";
import { denseAttention, packedMask } from "./dense.js";
import { localAttention, localBlocks } from "./local.js";

/**
 * Attention of the model's kind in packed rows: a token sees tokens of its own segment only, none after it.
 * @param segments, positions [rows, length] int32; within a segment, positions count on from token to token
 */
export function packedAttention(a: Architecture, segments: Tensor, positions: Tensor): Attention {
  const settings = a.attention;
  switch (settings.kind) {
    case "dense": {
      const mask = packedMask(segments);
      return (q, k, v) => denseAttention(q, k, v, mask);
    }
    case "local": {
      const blocks = localBlocks(settings, segments, positions);
      return (q, k, v) => localAttention(q, k, v, blocks);
    }
  }
}
