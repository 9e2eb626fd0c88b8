// A stage of one's own that trains with tensors: which of several datasets a text is from, by how
// often it has each letter. uses: ./stages/softmax-regression.ts
import { writeFile } from "node:fs/promises";
import { Artifact, defineStage, metric, readRows, Refusal, Type } from "pawl";

const letters = "abcdefghijklmnopqrstuvwxyz";

export default defineStage({
  summary: "learns to tell the texts of several datasets apart (softmax regression on letter frequencies)",
  with: Type.Object({
    classes: Type.Array(Artifact("dataset", "texts"), { minItems: 2, description: "a dataset for each class" }),
    steps: Type.Integer({ minimum: 1, default: 300, description: "steps of gradient descent, each with all texts" }),
    learningRate: Type.Number({ exclusiveMinimum: 0, default: 0.5 }),
  }),
  outputs: Type.Object({
    classifier: Artifact(
      "files",
      "classifier.safetensors: weights, bias, and mean and variance of each letter's share",
    ),
  }),
  metrics: {
    loss: metric("nats", "cross-entropy of a text's class at the end"),
    accuracy: metric("share", "texts whose class is the most probable one"),
    texts: metric("rows", "texts that it learned from"),
  },
  computesWithTensors: true,
  async run({ classes, steps, learningRate }, context) {
    const { tf, save, load } = context.tensors;
    const rows: number[][] = [];
    const labels: number[] = [];
    for (const [label, dataset] of classes.entries())
      for await (const row of readRows(await context.openArtifact(dataset))) {
        if (!("text" in row)) throw new Refusal("the rows of classes must be texts");
        rows.push(frequencies(row.text));
        labels.push(label);
        if (rows.length % 1000 === 0) await context.yield();
      }
    const shares = tf.tensor2d(rows, [rows.length, letters.length]);
    const { mean, variance } = tf.moments(shares, 0);
    const inputs = tf.batchNorm(shares, mean, variance, undefined, undefined, 1e-9);
    const targets = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes.length), "float32");

    const newest = await context.checkpoints.latest();
    const start = newest
      ? await load(`${newest.directory}/state.safetensors`)
      : { weights: tf.zeros([letters.length, classes.length]), bias: tf.zeros([classes.length]) };
    const weights = tf.variable(start.weights!);
    const bias = tf.variable(start.bias!);
    let step = newest?.step ?? 0;

    const logits = () => tf.add(tf.matMul(inputs, weights), bias);
    const loss = (): ReturnType<typeof tf.scalar> => tf.losses.softmaxCrossEntropy(targets, logits());
    const saved = () => ({ step, write: (to: string) => save(`${to}/state.safetensors`, { weights, bias }) });
    await context.checkpointEvery(saved, async (betweenSteps) => {
      while (step < steps) {
        await betweenSteps();
        const value = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(loss, [weights, bias]);
          for (const variable of [weights, bias])
            variable.assign(tf.sub(variable, tf.mul(learningRate, grads[variable.name]!)));
          return value.dataSync()[0]!;
        });
        step += 1;
        context.recordMetrics(step, { loss: value });
        context.progress({ phase: "train", done: step, total: steps, unit: "steps", metrics: { loss: value } });
      }
    });

    const accuracy = tf.tidy(() => tf.mean(tf.equal(tf.argMax(logits(), 1), tf.argMax(targets, 1))).dataSync()[0]!);
    const classifier = await context.putArtifact("files", async (directory) => {
      await save(`${directory}/classifier.safetensors`, { weights, bias, mean, variance });
      await writeFile(`${directory}/letters.txt`, letters);
    });
    const metrics = { loss: tf.tidy(() => loss().dataSync()[0]!), accuracy, texts: rows.length };
    return { outputs: { classifier }, metrics };
  },
});

/** The share of each letter among the letters of a text. */
function frequencies(text: string): number[] {
  const counts = new Array<number>(letters.length).fill(0);
  for (const letter of text.toLowerCase()) {
    const index = letters.indexOf(letter);
    if (index >= 0) counts[index]! += 1;
  }
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  return counts.map((count) => count / total);
}
