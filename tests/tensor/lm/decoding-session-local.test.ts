import { DecodingSession } from "../../../lm/decoding-session.js";
import { argMax } from "../../../lm/sampling.js";
import { loadBackend } from "../../../tensor/backend.js";
import { compileLogits } from "./logits.js";
import { batchOf, distance, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";

jest.setTimeout(120_000);
beforeAll(() => loadBackend("tensorflow"));

test("with a sliding window and sinks, logits with the cache equal those without", () => {
  const a = tinyArchitecture({ layers: 1, context: 80, attention: "local", window: 20, sinks: 2 });
  const weights = formulaWeights(a);
  const { forward, dispose } = compileLogits(a, weights, { rows: 1, length: 80 });
  const session = new DecodingSession(a, weights, { rows: 2, tokens: 80, reuse: false });
  const sequences = [5, 60].map((length, i) => tokensOf(i, length, a.vocabularySize));
  session.prefill(sequences);
  for (let i = 0; i < 18; i++) {
    const last = Int32Array.from(sequences, (sequence) => sequence.at(-1)!);
    const positions = Int32Array.from(sequences, (sequence) => sequence.length - 1);
    const logits = session.decode(last, positions);
    sequences.forEach((sequence, r) => {
      const cached = logits.subarray(r * a.vocabularySize, (r + 1) * a.vocabularySize);
      const all = forward(batchOf([[[...sequence, 0]]], 80));
      const uncached = all.slice((sequence.length - 1) * a.vocabularySize, sequence.length * a.vocabularySize);
      expect(distance(cached, uncached)).toBeLessThan(1e-4);
      expect(argMax(cached)).toBe(argMax(uncached));
      sequence.push(argMax(uncached));
    });
  }
  session.dispose();
  dispose();
});
