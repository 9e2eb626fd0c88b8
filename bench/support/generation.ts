import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeJson } from "../../formats/json-file.js";
import { writeSafetensors } from "../../formats/safetensors.js";
import { resolveArchitecture, type Architecture } from "../../lm/model/architecture.js";
import { toConfig } from "../../lm/model/hugging-face.js";
import { initialize } from "../../lm/model/initialize.js";
import type { HostTensors } from "../../tensor/program.js";
import { RandomStream } from "../../platform/random.js";

/** What all sides of `bench generate` write: `newTokens` after prompts of unequal lengths. */
export interface GenerationRun {
  directory: string;
  prompts: number[][];
  newTokens: number;
}

export type GenerationShape = keyof typeof shapes;

const [vocabulary, contextLength] = [4096, 256];
const shapes = {
  small: { hiddenSize: 128, layers: 4, heads: 4, intermediateSize: 352 },
  large: { hiddenSize: 384, layers: 6, heads: 6, intermediateSize: 1024 },
};
export const maxRows = 16;

/**
 * The model of a shape: random weights, five times as large as fresh ones, so that no two tokens
 * are nearly as probable.
 */
export function generationModel(name: GenerationShape): { a: Architecture; weights: HostTensors } {
  const layout = { ...shapes[name], contextLength, ropeTheta: 10000, tieEmbeddings: true };
  const a = resolveArchitecture(layout, vocabulary);
  const weights = initialize(a, 1);
  for (const { shape, data } of Object.values(weights))
    if (shape.length === 2) for (let i = 0; i < data.length; i++) data[i]! *= 5;
  return { a, weights };
}

/**
 * Writes the model as a Hugging Face directory, without a tokenizer, and returns what to generate.
 */
export async function prepareRun(name: GenerationShape, directory: string): Promise<GenerationRun> {
  const { a, weights } = generationModel(name);
  mkdirSync(directory, { recursive: true });
  await writeJson(path.join(directory, "config.json"), toConfig(a, { endOfText: 0, pad: 0, stop: [0] }));
  await writeSafetensors(path.join(directory, "model.safetensors"), weights);
  const draw = (row: number, i: number): number =>
    1 + Math.floor(new RandomStream(row, "prompt").uniform(i) * (vocabulary - 1));
  const prompts = Array.from({ length: maxRows }, (_, row) =>
    Array.from({ length: 28 - (row % 4) * 4 }, (_, i) => draw(row, i)),
  );
  return { directory, prompts, newTokens: 100 };
}
