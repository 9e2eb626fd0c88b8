import fc from "fast-check";
import { RandomStream } from "../../../platform/random.js";
import {
  emptyExperience,
  minibatch,
  packExperience,
  promptAt,
  unpackExperience,
} from "../../../lm/rl/reinforcement.js";

const single = fc.float({ noNaN: true, noDefaultInfinity: true });

test("an experience that was packed comes back as it was", () => {
  const prompts = [[1], [2, 3], [4, 5, 6]];
  const response = fc.record({
    prompt: fc.nat(2),
    tokens: fc.array(fc.nat(4000), { minLength: 1, maxLength: 5 }),
    ended: fc.boolean(),
    reward: single,
    value: single,
  });
  fc.assert(
    fc.property(fc.array(response, { minLength: 1, maxLength: 6 }), (responses) => {
      const experience = {
        prompts: responses.map(({ prompt }) => prompt),
        rollouts: responses.map(({ prompt, tokens, ended }) => ({ prompt: prompts[prompt]!, response: tokens, ended })),
        rewards: responses.map(({ reward }) => reward),
        tokens: { values: responses.map(({ tokens, value }) => new Float32Array(tokens.length).fill(value)) },
      };
      expect(unpackExperience(packExperience(experience), prompts)).toEqual(experience);
    }),
  );
});

test("without responses there is nothing to pack", () => {
  expect(unpackExperience(packExperience(emptyExperience()), [])).toEqual(emptyExperience());
});

test("each epoch of prompts has every prompt once, in an order of its own", () => {
  const epoch = (first: number) => Array.from({ length: 50 }, (_, i) => promptAt(first + i, 50, 3));
  for (const first of [0, 50, 100])
    expect([...epoch(first)].sort((a, b) => a - b)).toEqual([...Array.from({ length: 50 }).keys()]);
  expect(epoch(0)).not.toEqual(epoch(50));
});

test("an iteration's responses are shuffled once for all minibatches of an epoch, beside the prompts", () => {
  const shuffles = jest.spyOn(RandomStream.prototype, "permutation");
  try {
    const updates = Array.from({ length: 12 }, (_, index) => {
      promptAt(index, 60, 23);
      return minibatch(40, 6, { iteration: 2, index, seed: 23 });
    });
    expect(shuffles).toHaveBeenCalledTimes(3);
    const order = (epoch: number) => [...new RandomStream(23, `minibatches 2 ${epoch}`).permutation(40)];
    expect(updates.flat()).toEqual([...order(0), ...order(1)]);
  } finally {
    shuffles.mockRestore();
  }
});

test("the order of an epoch is made once for all of its positions", () => {
  const shuffles = jest.spyOn(RandomStream.prototype, "permutation");
  try {
    const position = (i: number) => promptAt(i, 40, 17);
    const found = Array.from({ length: 80 }, (_, i) => position(i));
    expect(shuffles).toHaveBeenCalledTimes(2);
    const order = (epoch: number) => [...new RandomStream(17, `prompts ${epoch}`).permutation(40)];
    expect(found).toEqual([...order(0), ...order(1)]);
    expect(position(3)).toBe(found[3]);
    expect(promptAt(3, 40, 18)).toBe(new RandomStream(18, "prompts 0").permutation(40)[3]);
    expect(promptAt(3, 41, 18)).toBe(new RandomStream(18, "prompts 0").permutation(41)[3]);
  } finally {
    shuffles.mockRestore();
  }
});

test("each epoch of minibatches has every response once, in parts that differ by at most one", () => {
  const parameters = fc.record({ responses: fc.integer({ min: 1, max: 40 }), parts: fc.integer({ min: 1, max: 8 }) });
  fc.assert(
    fc.property(parameters, fc.nat(3), ({ responses, parts }, epoch) => {
      const cut = Array.from({ length: parts }, (_, i) =>
        minibatch(responses, parts, { iteration: 2, index: epoch * parts + i, seed: 1 }),
      );
      expect(cut.flat().sort((a, b) => a - b)).toEqual([...Array.from({ length: responses }).keys()]);
      const sizes = cut.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
