import { copyFile, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PawlError } from "../platform/errors.js";
import type { JsonObject } from "../platform/json.js";
import { readJson, writeJson } from "./json-file.js";
import { readSafetensors, writeSafetensors, type StoredTensors } from "./safetensors.js";
import { tokenizerFiles } from "./tokens.js";

/**
 * The artifact `model`: a Hugging Face directory that transformers and llama.cpp load.
 * `config.json`, `generation_config.json`, `model.safetensors` (float32, names and [out, in] layout
 * of transformers), and the tokenizer's two files.
 */
export interface ModelFiles {
  config: JsonObject;
  generationConfig: JsonObject;
  weights: StoredTensors;
  /**
   * The Jinja template of a conversation, if the model has learned one: `chat_template` of
   * tokenizer_config.json.
   */
  chatTemplate?: string;
}

const configFile = "config.json";
const generationConfigFile = "generation_config.json";
const weightsFile = "model.safetensors";
const [tokenizerFile, tokenizerConfigFile] = tokenizerFiles;
export const modelFiles = [configFile, generationConfigFile, weightsFile, ...tokenizerFiles];

/**
 * Writes a model into an empty directory; the tokenizer comes from the directory of a tokens,
 * tokenizer or model artifact.
 */
export async function writeModel(directory: string, model: ModelFiles, tokenizerFrom: string): Promise<void> {
  await writeJson(join(directory, configFile), model.config);
  await writeJson(join(directory, generationConfigFile), model.generationConfig);
  await writeSafetensors(join(directory, weightsFile), model.weights);
  await copyFile(join(tokenizerFrom, tokenizerFile), join(directory, tokenizerFile));
  const { chat_template: _another, ...tokenizer } = await readJson(join(tokenizerFrom, tokenizerConfigFile));
  const template = model.chatTemplate === undefined ? {} : { chat_template: model.chatTemplate };
  await writeJson(join(directory, tokenizerConfigFile), { ...tokenizer, ...template });
}

/** @throws PawlError MODEL_INVALID if the weights cannot be read */
export async function readModel(directory: string): Promise<ModelFiles> {
  const { chat_template: template } = await readJson(join(directory, tokenizerConfigFile));
  return {
    ...(typeof template === "string" && { chatTemplate: template }),
    config: await readJson(join(directory, configFile)),
    generationConfig: await readJson(join(directory, generationConfigFile)),
    weights: await readSafetensors(join(directory, weightsFile)),
  };
}

/** Reads only a model's `config.json`. */
export function readModelConfig(directory: string): Promise<JsonObject> {
  return readJson(join(directory, configFile));
}

/** Copies the files of a model directory, and nothing else, into another directory. */
export async function copyModel(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of modelFiles) await cp(join(from, name), join(to, name));
}

/**
 * Checks that a model directory holds exactly the given parameters.
 * @throws PawlError MODEL_INVALID naming the first that is missing or has another shape
 */
export function checkWeights(weights: StoredTensors, expected: readonly { name: string; shape: number[] }[]): void {
  for (const { name, shape } of expected) {
    const got = weights[name];
    if (got?.dtype !== "float32" || got.shape.join() !== shape.join())
      throw new PawlError("MODEL_INVALID", "the weights do not match config.json", {
        where: `${weightsFile}: ${name}`,
        expected: `F32 [${shape.join(", ")}]`,
        got: got ? `${got.dtype} [${got.shape.join(", ")}]` : "nothing",
      });
  }
}
