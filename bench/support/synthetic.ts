import { resolveArchitecture } from "../../lm/model/architecture.js";
import type { Batch } from "../../lm/data/batch.js";
import { initialize } from "../../lm/model/initialize.js";
import type { TrainerSettings } from "../../lm/train/trainer.js";
import type { HostTensors } from "../../tensor/program.js";
import { RandomStream } from "../../platform/random.js";
import type { Shape } from "./train-shapes.js";

/** A trainer's settings and fresh weights for a shape. */
export function freshModel(shape: Shape): { settings: TrainerSettings; weights: HostTensors } {
  const layout = { ...shape, contextLength: shape.length, ropeTheta: 10000, tieEmbeddings: true };
  const architecture = resolveArchitecture(layout, shape.vocabulary);
  const settings: TrainerSettings = {
    architecture,
    shape,
    accumulate: 1,
    optimizer: { kind: "adamw", weightDecay: 0.1, beta1: 0.9, beta2: 0.95, gradientClip: 1 },
    schedule: { kind: "constant", learningRate: 1e-3, minimumLearningRate: 0, warmupSteps: 0, steps: 1e6 },
  };
  return { settings, weights: initialize(architecture, 1) };
}

/** One sequence of random tokens a row. */
export function randomBatch(shape: Shape, step: number): Batch {
  const { rows, length, vocabulary } = shape;
  const stream = new RandomStream(step, "tokens");
  const size = rows * length;
  const draw = (i: number): number => Math.floor(stream.uniform(i) * vocabulary);
  const drawn = Int32Array.from({ length: rows * (length + 1) }, (_, i) => draw(i));
  const place = (i: number): number => Math.floor(i / length) * (length + 1) + (i % length);
  return {
    shape,
    tokens: Int32Array.from({ length: size }, (_, i) => drawn[place(i)]!),
    targets: Int32Array.from({ length: size }, (_, i) => drawn[place(i) + 1]!),
    segments: new Int32Array(size).fill(1),
    positions: Int32Array.from({ length: size }, (_, i) => i % length),
    weights: new Float32Array(size).fill(1),
    weight: size,
  };
}
