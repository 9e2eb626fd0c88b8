import { mkdirSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { readTrainingState, writeTrainingState } from "../../../formats/training-state.js";
import { Trainer, type TrainerSettings } from "../../../lm/train/trainer.js";
import type { HostTensors } from "../../../tensor/program.js";
import { useDirectory } from "../../support/directory.js";
import { adamw, makeBatch, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);
const directory = useDirectory();

const architecture = tinyArchitecture();
const steps = 8;
const [rows, length] = [1, 12];
const settings: TrainerSettings = {
  architecture,
  shape: { rows, length },
  accumulate: 2,
  optimizer: { ...adamw, kind: "muon" },
  schedule: { kind: "cosine", learningRate: 1e-2, minimumLearningRate: 1e-3, warmupSteps: 3, steps },
};
const batch = (index: number) => makeBatch([[makeTokens(index, length + 1, architecture.vocabularySize)]], length);
const stepOf = (trainer: Trainer, step: number) => trainer.step(step, [batch(2 * step), batch(2 * step + 1)]);

/** Every bit of a state, by name. */
const bits = (state: HostTensors): Record<string, string> =>
  Object.fromEntries(
    Object.entries(state).map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
    ]),
  );

test("resumed at any step from disk = uninterrupted, bitwise; with weights alone it is not", async () => {
  const checkpoint = (step: number): string => path.join(directory(), String(step));
  const uninterrupted = new Trainer(settings, formulaWeights(architecture));
  for (let step = 0; step < steps; step++) {
    mkdirSync(checkpoint(step));
    await writeTrainingState(checkpoint(step), { step, tensors: uninterrupted.state(), values: {} });
    stepOf(uninterrupted, step);
  }
  const expected = bits(uninterrupted.state());
  uninterrupted.dispose();

  const resumed = new Trainer(settings, formulaWeights(architecture));
  const goOn = async (from: number, keep: (name: string) => boolean): Promise<Record<string, string>> => {
    const { tensors } = await readTrainingState(checkpoint(from));
    resumed.restore(Object.fromEntries(Object.entries(tensors).filter(([name]) => keep(name))));
    for (let step = from; step < steps; step++) stepOf(resumed, step);
    return bits(resumed.state());
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: steps - 1 }), async (from) => {
      expect(await goOn(from, () => true)).toEqual(expected);
    }),
    { numRuns: steps },
  );
  const weightsOnly = await goOn(steps / 2, (name) => name.startsWith("model."));
  expect(weightsOnly["model.norm.weight"]).not.toBe(expected["model.norm.weight"]);
  resumed.dispose();
});
