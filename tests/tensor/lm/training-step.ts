import * as tf from "@tensorflow/tfjs-core";
import { batchInputs } from "../../../lm/data/batch.js";
import { parameters } from "../../../lm/model/architecture.js";
import type { AttentionSettings } from "../../../lm/model/attention/settings.js";
import { computeGradients } from "../../../lm/optim/gradients.js";
import { batchLoss } from "../../../lm/train/batch-loss.js";
import { nativeBackend } from "../../../tensor/backend.js";
import { elementCount } from "../../../tensor/host-tensor.js";
import { formulaWeights, makeBatch, makeTokens, tinyArchitecture } from "./support.js";

/** Shapes of all that the native operations of one training step give: forward, backward. */
export function tensorsOfStep(settings: AttentionSettings, length: number): number[][] {
  const a = { ...tinyArchitecture({ layers: 1, contextLength: length }), attention: settings };
  const batch = makeBatch([[makeTokens(1, length + 1, a.vocabularySize)]], length);
  const shapes: number[][] = [];
  const backend = nativeBackend();
  const spies = (["executeSingleOutput", "executeMultipleOutputs"] as const).map((name) => {
    const original = backend[name].bind(backend) as (...args: unknown[]) => tf.Tensor | tf.Tensor[];
    return jest.spyOn(backend, name).mockImplementation((...args: unknown[]) => {
      const made = original(...args);
      for (const tensor of [made].flat()) shapes.push(tensor.shape);
      return made;
    });
  });
  tf.tidy(() => {
    const inputs = Object.fromEntries(
      Object.entries(batchInputs(batch)).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, shape, dtype)]),
    );
    const weights = Object.fromEntries(
      Object.entries(formulaWeights(a)).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
    );
    computeGradients(parameters(a), weights, (weights) => ({ loss: batchLoss(a, weights, inputs) }));
  });
  for (const spy of spies) spy.mockRestore();
  return shapes;
}

/** Floats of each of these tensors. */
export const sizesOfStep = (settings: AttentionSettings, length: number): number[] =>
  tensorsOfStep(settings, length).map(elementCount);
