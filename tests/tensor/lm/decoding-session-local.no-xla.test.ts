import { DecodingSession, type SessionSize } from "../../../lm/decode/decoding-session.js";
import { generate, type GenerationSettings } from "../../../lm/decode/generate.js";
import { argMax } from "../../../lm/decode/sampling.js";
import { compileLogits } from "./logits.js";
import { batchOf, distance, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";

jest.setTimeout(120_000);
/** Without XLA: these programs are small and many, and compiling them would take longer than running them. */
beforeAll(loadTensorFlow);

const context = 400;
const a = tinyArchitecture({ layers: 2, contextLength: context, attention: "local", window: 20, sinks: 2 });
const weights = formulaWeights(a);
const made: { dispose(): void }[] = [];
afterAll(() => made.forEach((one) => one.dispose()));
const sessionOf = (size: SessionSize): DecodingSession => {
  const session = new DecodingSession(a, weights, size);
  made.push(session);
  return session;
};
let uncached: (sequence: readonly number[]) => Float32Array;
beforeAll(() => {
  const { forward, dispose } = compileLogits(a, weights, { rows: 1, length: context });
  made.push({ dispose });
  uncached = (sequence) =>
    forward(batchOf([[[...sequence, 0]]], context)).slice(
      (sequence.length - 1) * a.vocabularySize,
      sequence.length * a.vocabularySize,
    );
});

/** Decodes each sequence's last token, and compares with the logits without a cache. */
function expectSame(session: DecodingSession, sequences: readonly number[][]): number[] {
  const last = Int32Array.from(sequences, (sequence) => sequence.at(-1)!);
  const positions = Int32Array.from(sequences, (sequence) => sequence.length - 1);
  const logits = session.decode(last, positions);
  return sequences.map((sequence, r) => {
    const expected = uncached(sequence);
    const cached = logits.subarray(r * a.vocabularySize, (r + 1) * a.vocabularySize);
    expect(distance(cached, expected)).toBeLessThan(1e-4);
    expect(argMax(cached)).toBe(argMax(expected));
    return argMax(expected);
  });
}

test("with a sliding window and sinks, logits with the cache equal those without, also where it has long turned over", () => {
  const session = sessionOf({ rows: 4, tokens: context, reuse: false });
  expect(session.capacity).toBe(Infinity);
  // 260 tokens are read in chunks longer than what the cache holds.
  const sequences = [5, 90, 200, 260].map((length, i) => tokensOf(i, length, a.vocabularySize));
  session.prefill(sequences);
  for (let i = 0; i < 40; i++) expectSame(session, sequences).forEach((token, r) => sequences[r]!.push(token));
});

const greedy: GenerationSettings = { maxNewTokens: 300, temperature: 0, topK: 0, topP: 1, stop: [], seed: 1 };
const write = async (session: DecodingSession, prompt: number[], maxNewTokens: number): Promise<number[]> =>
  (await generate(session, [prompt], { ...greedy, maxNewTokens }, async () => {}))[0]!.tokens;

test("a small cache grows until it holds the window, and what it held stays", async () => {
  const small = sessionOf({ rows: 1, tokens: 8, reuse: false });
  expect(small.capacity).toBe(15);
  const prompt = tokensOf(7, 12, a.vocabularySize);
  const answer = await write(small, prompt, 300);
  expect(small.capacity).toBe(Infinity);
  const sequence = [...prompt];
  for (const token of answer) {
    expect(token).toBe(argMax(uncached(sequence)));
    sequence.push(token);
  }
});

test("a prompt goes on from what is kept where its window is still held; else it is read anew", async () => {
  const session = sessionOf({ rows: 1, tokens: context, reuse: true });
  const first = tokensOf(8, 150, a.vocabularySize);
  const answer = await write(session, first, 30);
  const turn = [...first, ...answer, ...tokensOf(9, 10, a.vocabularySize)];
  expect(session.prefill([turn])).toBe(10);
  expectSame(session, [turn]);
  // Cut back a little: the window before the cut is still there.
  const changed = [...turn.slice(0, 170), 1, 2, 3];
  expect(session.prefill([changed])).toBe(2);
  expectSame(session, [changed]);
  // Cut back further than the cache reaches.
  const early = [...turn.slice(0, 60), 5, 6];
  expect(session.prefill([early])).toBe(61);
  expectSame(session, [early]);
});
