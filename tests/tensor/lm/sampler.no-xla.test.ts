import { Decoder } from "../../../lm/decode/decoder.js";
import { generate } from "../../../lm/decode/generate.js";
import { sampleRollouts, samplerState, samplerSteps, type SamplerStep } from "../../../lm/decode/sampler.js";
import { compile } from "../../../tensor/compile.js";
import type { Program } from "../../../tensor/program.js";
import { formulaWeights, tinyArchitecture, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";

jest.setTimeout(120_000);
beforeAll(loadTensorFlow);

// The longest prompt and response fill the context: the last chunk of decoding reaches beyond it.
const shape = { rows: 4, perPrompt: 1, prompt: 6, response: 19 };
const a = tinyArchitecture({ contextLength: shape.prompt + shape.response });
const weights = formulaWeights(a);
const prompts = [3, 6, 1, 5].map((length, i) => tokensOf(i, length, a.vocabularySize));
const noPause = async (): Promise<void> => {};

const made: { dispose(): void }[] = [];
afterAll(() => made.forEach((program) => program.dispose()));
const samplerOf = (temperature: number, changes: Partial<typeof shape> = {}) => {
  const size = { ...shape, ...changes };
  const program: Program<SamplerStep> = compile(
    { ...weights, ...samplerState(a, size) },
    samplerSteps(a, size, temperature),
  );
  made.push(program);
  return (some: readonly number[][], streams: readonly string[], stop: readonly number[] = [], seed = 1) =>
    sampleRollouts(program, some, { shape: size, stop, seed, streams }, noPause);
};
const names = (count: number) => Array.from({ length: count }, (_, i) => `row ${i}`);

describe("at temperature 0", () => {
  let sample: ReturnType<typeof samplerOf>;
  let decoder: Decoder;
  beforeAll(() => {
    sample = samplerOf(0);
    decoder = new Decoder(a, weights, { rows: 4, slots: a.contextLength });
    made.push(decoder);
  });
  const greedy = { maxNewTokens: shape.response, temperature: 0, topK: 0, topP: 1, seed: 1 };

  test("responses to prompts of unequal length side by side are those of greedy decoding, over several chunks", async () => {
    const expected = await generate(decoder, prompts, { ...greedy, stop: [] }, noPause);
    const rollouts = await sample(prompts, names(4));
    expect(rollouts).toEqual(expected.map(({ tokens }, i) => ({ prompt: prompts[i], response: tokens, ended: false })));
    expect(rollouts.every(({ response }) => response.length === shape.response)).toBe(true);
    expect(new Set(rollouts.flatMap(({ response }) => response)).size).toBeGreaterThan(3);
  });

  test("they end with a stop token, each at its own place", async () => {
    const free = await sample(prompts, names(4));
    // What some rows say in different chunks.
    const stop = [free[0]!.response[1]!, free[1]!.response[10]!, free[2]!.response[18]!];
    const expected = await generate(decoder, prompts, { ...greedy, stop }, noPause);
    const rollouts = await sample(prompts, names(4), stop);
    rollouts.forEach(({ response, ended }, i) => {
      expect(ended).toBe(expected[i]!.reason === "stop");
      expect(response.slice(0, ended ? -1 : undefined)).toEqual(expected[i]!.tokens);
      expect(response).toEqual(free[i]!.response.slice(0, response.length));
      if (ended) expect(stop).toContain(response.at(-1));
    });
    expect(new Set(rollouts.map(({ response }) => response.length)).size).toBeGreaterThan(1);
  });

  test("a response may be one token long", async () => {
    const first = (await sample(prompts, names(4))).map(({ response }) => response.slice(0, 1));
    const short = samplerOf(0, { response: 1 });
    expect((await short(prompts, names(4))).map(({ response }) => response)).toEqual(first);
  });
});

describe("at temperature 1", () => {
  let sample: ReturnType<typeof samplerOf>;
  beforeAll(() => {
    sample = samplerOf(1);
  });

  test("a response depends on its stream and prompt, not on the batch or on what was sampled before", async () => {
    const together = await sample(prompts, names(4));
    const turned = await sample([...prompts].reverse(), names(4).reverse());
    expect([...turned].reverse()).toEqual(together);
    for (const i of [0, 2]) expect(await sample([prompts[i]!], [`row ${i}`])).toEqual([together[i]]);
    const others = await sample([prompts[0]!, prompts[0]!], ["row 0", "row 1"]);
    expect(others[0]).toEqual(together[0]);
    expect(others[1]!.response).not.toEqual(together[0]!.response);
    expect(await sample(prompts, names(4), [], 2)).not.toEqual(together);
  });

  test("rows that answer one prompt draw what they draw when each reads it, and each its own", async () => {
    const twice = [prompts[1]!, prompts[1]!, prompts[0]!, prompts[0]!];
    const inPairs = samplerOf(1, { perPrompt: 2 });
    const shared = await inPairs(twice, names(4));
    expect(shared).toEqual(await sample(twice, names(4)));
    expect(shared[0]!.response).not.toEqual(shared[1]!.response);
    expect(await inPairs(twice.slice(0, 2), names(2))).toEqual(shared.slice(0, 2));
  });
});
