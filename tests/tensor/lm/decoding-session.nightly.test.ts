import { DecodingSession } from "../../../lm/decode/decoding-session.js";
import { generate } from "../../../lm/decode/generate.js";
import { loadTensorFlow } from "../support.js";
import { formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
beforeAll(loadTensorFlow);

const a = tinyArchitecture();
const weights = formulaWeights(a);

test("a compiled step, in parts on threads of their own, chooses the tokens that the kernels choose", async () => {
  const asked = Array.from({ length: 14 }, (_, number) => ({
    tokens: makeTokens(number, 1 + ((number * 5) % 12), a.vocabularySize),
    number,
  }));
  const settings = { maxNewTokens: 16, stop: [4], seed: 1 };
  const sampling = { temperature: 0.9, topK: 20, topP: 0.95 };
  const [compiled, kernels] = [1e6, 0].map((steps) => new DecodingSession(a, weights, { rows: 9, tokens: 32, sampling, steps })); // prettier-ignore
  const responses = await generate(compiled!, asked, settings, async () => {});
  expect(responses).toEqual(await generate(kernels!, asked, settings, async () => {}));
  expect(new Set(responses.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(3);
  for (const session of [compiled, kernels]) session!.dispose();
});
