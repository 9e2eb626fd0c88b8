/** The model and batch that both sides of `bench train` step. */
export interface Shape {
  hiddenSize: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
  intermediateSize: number;
  vocabulary: number;
  rows: number;
  length: number;
}

export const shapes = {
  small: {
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    keyValueHeads: 4,
    intermediateSize: 352,
    vocabulary: 65,
    rows: 12,
    length: 64,
  },
  large: {
    hiddenSize: 384,
    layers: 6,
    heads: 6,
    keyValueHeads: 6,
    intermediateSize: 1024,
    vocabulary: 65,
    rows: 16,
    length: 256,
  },
} satisfies Record<string, Shape>;
