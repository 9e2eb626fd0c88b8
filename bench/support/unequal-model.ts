import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeJson } from "../../formats/json-file.js";
import { writeSafetensors } from "../../formats/safetensors.js";
import { embeddingName, headName, type Architecture } from "../../lm/model/architecture.js";
import { toConfig } from "../../lm/model/hugging-face.js";
import { initialize } from "../../lm/model/initialize.js";
import type { HostTensors } from "../../tensor/program.js";

/**
 * Tokens by their place in a sequence: prompt, first and second of a response, all others. Each
 * class begins at its number.
 */
export const firstTokens = [0, 1024, 2048, 3072] as const;
const last = firstTokens.length - 1;

/** Ends a response, one token in this many from the fourth on. */
const stop = 0;
const tokensPerEnd = 24;

/**
 * Random weights whose responses have at least four tokens: a token's embedding marks its class in
 * a separate dimension, by which the head chooses the class that follows (prompt, first, second,
 * all others), and the end after the last class only.
 * @param a with embeddings that are not tied: a token is followed by another class than its own
 */
export function unequalWeights(a: Architecture): HostTensors {
  const weights = initialize(a, 1);
  const [embedding, head] = [embeddingName, headName].map((name) => weights[name]!.data as Float32Array);
  // The marker outweighs what the layers add, so that the norm before the head makes it nearly
  // √hiddenSize.
  const size = 0.95 * Math.sqrt(a.hiddenSize);
  const tokens = a.vocabularySize;
  for (let token = 0; token < tokens; token++) {
    const own = classOf(token);
    firstTokens.forEach((_, before) => {
      embedding![token * a.hiddenSize + before] = Number(before === own);
      head![token * a.hiddenSize + before] = own === Math.min(before + 1, last) ? 1 : -1;
    });
  }
  const others = tokens - firstTokens[3];
  head![stop * a.hiddenSize + last] = 1 + Math.log(others / (tokensPerEnd - 1)) / size;
  return weights;
}

const classOf = (token: number): number => firstTokens.findLastIndex((first) => token >= first);

/** Writes them as a Hugging Face directory, without a tokenizer. */
export async function writeUnequalModel(directory: string, a: Architecture): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await writeJson(path.join(directory, "config.json"), toConfig(a, { endOfText: stop, pad: stop, stop: [stop] }));
  await writeSafetensors(path.join(directory, "model.safetensors"), unequalWeights(a));
}
