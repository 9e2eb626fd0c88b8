import { RandomStream } from "../../platform/random.js";
import type { Adjacency } from "../graph.js";
import type { AddBatch } from "./add-batch.js";

/** The shared data of a graph's rounds: matrices of [nodes, dimensions], in shared memory. */
export interface FastRpMatrices {
  dimensions: number;
  /** The vectors that a round reads, and those that it writes. */
  from: Float32Array;
  to: Float32Array;
  /** The embeddings, to which a round adds. */
  embedding: Float32Array;
}

/**
 * Random vectors into `to`, each coordinate √3, 0 or -√3 with probabilities 1/6, 2/3 and 1/6
 * (Achlioptas 2003), times the node's scale. They depend on the seed, the node and the number of
 * dimensions alone. There are no sums.
 */
export function openFastRpStart(start: FastRpMatrices & { scale: Float64Array; seed: number }): AddBatch {
  const { dimensions, to, scale } = start;
  const random = new RandomStream(start.seed, "fastrp");
  const blocks = Math.ceil(dimensions / 4);
  return (sources) => {
    for (const v of sources) {
      for (let d = 0; d < dimensions; d++) {
        const draw = random.block(v * blocks + (d >> 2))[d & 3]! / 2 ** 32;
        to[v * dimensions + d] = draw < 1 / 6 ? Math.sqrt(3) * scale[v]! : draw < 1 / 3 ? -Math.sqrt(3) * scale[v]! : 0;
      }
    }
  };
}

/**
 * One round: each source's vector in `to` becomes the mean of its neighbors' in `from`, by weight,
 * and `weight` times its direction is added to its embedding. Only the sources' rows are written,
 * so threads do not conflict. There are no sums.
 */
export function openFastRpRound(round: FastRpMatrices & { adjacency: Adjacency; weight: number }): AddBatch {
  const { adjacency, dimensions, from, to, embedding, weight } = round;
  const { offsets, targets, weights } = adjacency;
  const sum = new Float64Array(dimensions);
  return (sources) => {
    for (const v of sources) {
      sum.fill(0);
      let total = 0;
      for (let e = offsets[v]!, last = offsets[v + 1]!; e < last; e++) {
        const share = weights ? weights[e]! : 1;
        const row = targets[e]! * dimensions;
        for (let d = 0; d < dimensions; d++) sum[d]! += share * from[row + d]!;
        total += share;
      }
      let squares = 0;
      for (let d = 0; d < dimensions; d++) {
        const mean = total > 0 ? sum[d]! / total : 0;
        sum[d] = mean;
        squares += mean * mean;
      }
      const scale = squares > 0 ? weight / Math.sqrt(squares) : 0;
      for (let d = 0; d < dimensions; d++) {
        to[v * dimensions + d] = sum[d]!;
        embedding[v * dimensions + d]! += scale * sum[d]!;
      }
    }
  };
}
