import { reinforcementRun, unequalRun } from "../../../bench/support/rl-run.js";
import { unequalWeights } from "../../../bench/support/unequal-model.js";
import { DecodingSession } from "../../../lm/decode/decoding-session.js";
import { generate } from "../../../lm/decode/generate.js";
import { wholeDistribution } from "../../../lm/decode/sampling.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

test("the second row of `bench rl` has responses of 4 to 48 tokens", async () => {
  const { model, response, stop } = reinforcementRun;
  const a = resolveArchitecture({ ...model, ropeTheta: 10000, tieEmbeddings: false }, model.vocabulary);
  const prompts = unequalRun("").prompts.slice(0, 128);
  const sampling = { temperature: 1, ...wholeDistribution };
  const session = new DecodingSession(a, unequalWeights(a), { rows: 32, tokens: 68, sampling, steps: 0 });
  const settings = { maxNewTokens: response, stop: [stop], seed: 1 };
  const numbered = prompts.map((tokens, number) => ({ tokens, number }));
  const completions = await generate(session, numbered, settings, async () => {});
  session.dispose();
  const lengths = completions.map(({ tokens, end }) => tokens.length + Number(end !== undefined));
  expect(Math.min(...lengths)).toBe(4);
  expect(Math.max(...lengths)).toBe(48);
  // One in 24 ends from the fourth on: 23.5 in the mean, with a standard error of 1.5.
  expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeGreaterThan(18);
  expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeLessThan(29);
});
