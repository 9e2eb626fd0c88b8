/** Adds what `sources` contribute to `sums`, which are all 0 before. */
export type AddBatch = (sources: Uint32Array, sums: Float64Array) => void;
