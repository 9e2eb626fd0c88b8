// Trains a small transformer of some attention on one backend and prints losses and weights as
// JSON.
import { resolveArchitecture } from "../../dist/lm/model/architecture.js";
import { initialize } from "../../dist/lm/model/initialize.js";
import { Trainer } from "../../dist/lm/train/trainer.js";
import { loadBackend } from "../../dist/tensor/backend.js";
import { RandomStream } from "../../dist/platform/random.js";

const { backend, attention, steps } = JSON.parse(process.argv[2]);
await loadBackend(backend);
const settings = {
  layers: 2,
  hiddenSize: 16,
  heads: 4,
  keyValueHeads: 2,
  contextLength: 64,
  ropeTheta: 10000,
  tieEmbeddings: true,
};
const architecture = resolveArchitecture({ ...settings, ...attention }, 40);
const shape = { rows: 2, length: 50 };
const optimizer = { kind: "adamw", weightDecay: 0.1, beta1: 0.9, beta2: 0.95, gradientClip: 1 };
const schedule = { kind: "constant", learningRate: 1e-2, minimumLearningRate: 0, warmupSteps: 0, steps };
const trainer = new Trainer({ architecture, shape, accumulate: 1, optimizer, schedule }, initialize(architecture, 1));
const size = shape.rows * shape.length;
const stream = new RandomStream(1, "tokens");
const tokens = Int32Array.from({ length: size + 1 }, (_, i) => stream.uniform(i) * 40);
const batch = {
  shape,
  tokens: tokens.slice(0, size),
  targets: tokens.slice(1),
  // In each row two documents, of 20 and of 30 tokens.
  segments: Int32Array.from({ length: size }, (_, i) => (i % 50 < 20 ? 1 : 2)),
  positions: Int32Array.from({ length: size }, (_, i) => (i % 50 < 20 ? i % 50 : (i % 50) - 20)),
  weights: new Float32Array(size).fill(1),
  weight: size,
};
const losses = Array.from({ length: steps }, (_, step) => trainer.step(step, [batch]).loss);
const weights = Object.values(trainer.weights()).flatMap(({ data }) => Array.from(data));
trainer.dispose();
process.stdout.write(JSON.stringify({ digest: "", losses, weights }));
