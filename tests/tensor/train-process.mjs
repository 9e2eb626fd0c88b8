// Trains a small transformer-like model through tensor/ alone, once for each of `eager`, and prints
// losses, weights and their digests as JSON.
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import { loadBackend } from "../../dist/tensor/backend.js";
import { compile } from "../../dist/tensor/compile.js";
import { embedding, softmaxCrossEntropy } from "../../dist/tensor/ops.js";
import { RandomStream } from "../../dist/platform/random.js";

const { backend, eager = [false], switches = {} } = JSON.parse(process.argv[2]);
await loadBackend(backend);
// After Pawl's own: what is given here holds.
Object.assign(process.env, switches);

const [rows, length, hiddenSize, vocabulary] = [4, 16, 32, 50];
const normals = (name, shape) => {
  const values = new RandomStream(1, name).normals(shape.reduce((a, b) => a * b, 1));
  return { dtype: "float32", shape, data: values.map((v) => v * 0.2) };
};
const shapes = { table: [vocabulary, hiddenSize], qkv: [hiddenSize, 3 * hiddenSize], out: [hiddenSize, hiddenSize] };
const state = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, normals(name, shape)]));

function loss(weights, tokens, targets) {
  const x = embedding(weights.table, tokens);
  const [q, k, v] = tf.split(tf.reshape(tf.matMul(x, weights.qkv), [rows, length, 3 * hiddenSize]), 3, -1);
  const scores = tf.matMul(q, k, false, true);
  const mixed = tf.reshape(tf.matMul(tf.softmax(tf.mul(scores, 1 / Math.sqrt(hiddenSize))), v), [
    rows * length,
    hiddenSize,
  ]);
  const hidden = tf.add(x, tf.matMul(mixed, weights.out));
  return tf.mean(softmaxCrossEntropy(tf.matMul(hidden, weights.table, false, true), targets));
}

const tokens = { dtype: "int32", shape: [rows * length] };
const steps = {
  train: {
    inputs: { tokens, targets: tokens },
    run: (weights, inputs) => {
      const names = Object.keys(shapes);
      const { value, grads } = tf.valueAndGrads((...list) =>
        loss(Object.fromEntries(names.map((name, i) => [name, list[i]])), inputs.tokens, inputs.targets),
      )(names.map((name) => weights[name]));
      const next = names.map((name, i) => [name, tf.sub(weights[name], tf.mul(grads[i], 0.5))]);
      return { state: Object.fromEntries(next), outputs: { loss: value } };
    },
  },
};

function train(eager) {
  const program = compile(state, steps, { eager });
  const hash = createHash("sha256");
  const losses = [];
  for (let step = 0; step < 12; step++) {
    const stream = new RandomStream(step, "tokens");
    const draw = (from) => Int32Array.from({ length: rows * length }, (_, i) => stream.uniform(from + i) * vocabulary);
    const batch = { tokens: { ...tokens, data: draw(0) }, targets: { ...tokens, data: draw(1000) } };
    const { data } = program.run("train", batch).loss;
    hash.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    losses.push(data[0]);
  }
  const weights = [];
  for (const { data } of Object.values(program.read())) {
    hash.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    weights.push(...data);
  }
  program.dispose();
  return { digest: hash.digest("hex"), losses, weights };
}
process.stdout.write(JSON.stringify(eager.map(train)));
