import { held, lazyTensor } from "../../tensor/host-tensor.js";
import type { HostTensors } from "../../tensor/program.js";
import { RandomStream } from "../../platform/random.js";
import { parameters, type Architecture, type Parameter } from "./architecture.js";

const deviation = 0.02;

/**
 * Random weights: normal with standard deviation 0.02; the projections that end a residual branch
 * are scaled by 1/sqrt(2·layers) (GPT-2), so that the sum of all branches keeps its size; gains are
 * 1, gates 0. A parameter's numbers depend on the seed and its name alone.
 */
export function initialize(a: Architecture, seed: number): HostTensors {
  return held(lazyInitialize(a, seed));
}

/** The same; each parameter is computed whenever its `data` are accessed. */
export function lazyInitialize(a: Architecture, seed: number): HostTensors {
  return Object.fromEntries(
    parameters(a).map((p) => [p.name, lazyTensor({ dtype: "float32", shape: p.shape }, () => values(a, p, seed))]),
  );
}

function values(a: Architecture, { name, shape, role }: Parameter, seed: number): Float32Array {
  const size = shape.reduce((x, y) => x * y, 1);
  if (role === "gain") return new Float32Array(size).fill(1);
  if (role === "gate") return new Float32Array(size);
  const scale = role === "residual" ? deviation / Math.sqrt(2 * a.layers) : deviation;
  const all = new RandomStream(seed, name).normals(size);
  for (let i = 0; i < size; i++) all[i]! *= scale;
  return all;
}
