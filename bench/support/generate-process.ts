/**
 * Our side of `bench generate`, its own process with the line protocol of
 * bench/peers/transformers_generate.py: first the run, then `cached ROWS` or `uncached ROWS`,
 * answered with the seconds and the tokens of each row. The argument names the shape.
 */
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { DecodingSession } from "../../lm/decode/decoding-session.js";
import { generate } from "../../lm/decode/generate.js";
import { packedAttention } from "../../lm/model/attention/packed.js";
import { hiddenStates, computeLogits, rotationAt } from "../../lm/model/transformer.js";
import { loadBackend } from "../../tensor/backend.js";
import { compile } from "../../tensor/compile.js";
import type { Program, StepSpec } from "../../tensor/program.js";
import { generationModel, type GenerationRun, type GenerationShape } from "./generation.js";

const { a, weights } = generationModel(process.argv[2] as GenerationShape);
const greedy = { temperature: 0, topK: 0, topP: 1 };
const sessions = new Map<number, DecodingSession>();

async function cached({ prompts, newTokens }: GenerationRun, rows: number): Promise<number[][]> {
  const session = sessions.get(rows) ?? new DecodingSession(a, weights, { rows, tokens: 128, sampling: greedy });
  sessions.set(rows, session);
  const asked = prompts.slice(0, rows).map((tokens, number) => ({ tokens, number }));
  const between = () => new Promise<void>((resolve) => setImmediate(resolve));
  const settings = { maxNewTokens: newTokens, stop: [], seed: 1 };
  return (await generate(session, asked, settings, between)).map(({ tokens }) => tokens);
}

/**
 * Recomputes the whole sequence for every token; its length is rounded up, so that four compiled
 * steps suffice.
 */
const bucket = 32;
let whole: Program<`length ${number}`> | undefined;

function wholeStep(length: number): StepSpec {
  return {
    inputs: {
      tokens: { dtype: "int32", shape: [1, length] },
      last: { dtype: "int32", shape: [1] },
    },
    run: (state, { tokens, last }) => {
      const positions = tf.reshape(tf.range(0, length, 1, "int32"), [1, length]);
      const attention = packedAttention(a, state, tf.ones([1, length], "int32"), positions);
      const hidden = hiddenStates(a, state, tokens!, rotationAt(a, positions), attention);
      const logits = computeLogits(a, state, tf.gather(hidden, tf.cast(last!, "int32")));
      return { outputs: { next: tf.cast(tf.argMax(logits, 1), "int32") } };
    },
  };
}

function uncached({ prompts, newTokens }: GenerationRun): number[][] {
  whole ??= compile(
    weights,
    Object.fromEntries([1, 2, 3, 4].map((n) => [`length ${n * bucket}`, wholeStep(n * bucket)])),
  );
  const sequence = [...prompts[0]!];
  for (let i = 0; i < newTokens; i++) {
    const length = Math.ceil(sequence.length / bucket) * bucket;
    const tokens = new Int32Array(length);
    tokens.set(sequence);
    const { next } = whole.run(`length ${length}`, {
      tokens: { dtype: "int32", shape: [1, length], data: tokens },
      last: { dtype: "int32", shape: [1], data: Int32Array.of(sequence.length - 1) },
    });
    sequence.push(next!.data[0]!);
  }
  return [sequence.slice(prompts[0]!.length)];
}

async function main(): Promise<void> {
  await loadBackend("tensorflow");
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const line = await lines.next();
    return line.done ? undefined : line.value;
  };
  const run = JSON.parse((await next())!) as GenerationRun;
  for (let line = await next(); line !== undefined; line = await next()) {
    const [how, rows] = line.split(" ");
    const begun = performance.now();
    const tokens = how === "cached" ? await cached(run, Number(rows)) : uncached(run);
    const seconds = (performance.now() - begun) / 1000;
    process.stdout.write(`${JSON.stringify({ seconds, tokens })}\n`);
  }
}

await main();
