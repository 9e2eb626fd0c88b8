import { DecodingSession, type SessionSize } from "../../../lm/decode/decoding-session.js";
import { generate, type GenerationSettings } from "../../../lm/decode/generate.js";
import { argMax } from "../../../lm/decode/sampling.js";
import type { PawlError } from "../../../platform/errors.js";
import { compileLogits } from "./logits.js";
import { batchOf, distance, formulaWeights, tinyArchitecture, tokensOf } from "./support.js";
import { loadTensorFlow } from "../support.js";

jest.setTimeout(120_000);
/** Without XLA: these programs are small and many, and compiling them would take longer than running them. */
beforeAll(loadTensorFlow);

const a = tinyArchitecture({ contextLength: 300 });
const weights = formulaWeights(a);
// Chunks of 128 and of 32 tokens, whole and in part, and none.
const prompts = [3, 170, 1, 33, 17].map((length, i) => tokensOf(i, length, a.vocabularySize));
const greedy: GenerationSettings = { maxNewTokens: 24, temperature: 0, topK: 0, topP: 1, stop: [], seed: 1 };
const noPause = async (): Promise<void> => {};

const made: { dispose(): void }[] = [];
afterAll(() => made.forEach((session) => session.dispose()));
const sessionOf = (size: Partial<SessionSize> = {}): DecodingSession => {
  const session = new DecodingSession(a, weights, { rows: 5, tokens: 200, reuse: false, ...size });
  made.push(session);
  return session;
};
let forward: (sequence: number[]) => Float32Array;
beforeAll(() => {
  const logits = compileLogits(a, weights, { rows: 1, length: a.contextLength });
  made.push(logits);
  forward = (sequence) => lastOf(logits, sequence);
});

/** Logits of the token after a sequence, without a cache. */
function lastOf({ forward }: ReturnType<typeof compileLogits>, sequence: number[]): Float32Array {
  const all = forward(batchOf([[[...sequence, 0].slice(0, a.contextLength + 1)]], a.contextLength));
  return all.slice((sequence.length - 1) * a.vocabularySize, sequence.length * a.vocabularySize);
}

/** Greedy continuation without a cache. */
function recomputed(prompt: readonly number[], count: number): number[] {
  const sequence = [...prompt];
  for (let i = 0; i < count; i++) sequence.push(argMax(forward(sequence)));
  return sequence.slice(prompt.length);
}

function next(session: DecodingSession, sequences: readonly number[][]): Float32Array[] {
  const last = Int32Array.from(sequences, (sequence) => sequence.at(-1)!);
  const positions = Int32Array.from(sequences, (sequence) => sequence.length - 1);
  const logits = session.decode(last, positions);
  return sequences.map((_, r) => logits.slice(r * a.vocabularySize, (r + 1) * a.vocabularySize));
}

test("logits with the cache equal those without, for prompts of unequal length read in chunks", () => {
  const session = sessionOf();
  session.prefill(prompts);
  const sequences = prompts.map((prompt) => [...prompt]);
  for (let i = 0; i < 6; i++)
    next(session, sequences).forEach((cached, r) => {
      const uncached = forward(sequences[r]!);
      expect(distance(cached, uncached)).toBeLessThan(1e-4);
      expect(argMax(cached)).toBe(argMax(uncached));
      sequences[r]!.push(argMax(uncached));
    });
});

test("many tokens a call are those of one a call, also where rows end at different times", async () => {
  const session = sessionOf();
  const expected = prompts.map((prompt) => recomputed(prompt, 24));
  const answers = await generate(session, prompts, greedy, noPause);
  expect(answers).toEqual(expected.map((tokens) => ({ tokens, reason: "length" })));
  const stop = [expected[1]![10]!];
  const stopped = await generate(session, prompts, { ...greedy, stop }, noPause);
  stopped.forEach(({ tokens, reason }, r) => {
    const at = expected[r]!.indexOf(stop[0]!);
    expect({ tokens, reason }).toEqual(
      at < 0 ? { tokens: expected[r], reason: "length" } : { tokens: expected[r]!.slice(0, at), reason: "stop" },
    );
  });
  // A penalty needs the logits on the host, one token a call.
  const onePerCall = await generate(session, prompts, { ...greedy, repetitionPenalty: 1 + 1e-12 }, noPause);
  expect(onePerCall).toEqual(answers);
});

test("the cache grows with the sequence, and what it held stays", async () => {
  const small = sessionOf({ rows: 2, tokens: 8 });
  const some = [prompts[0]!, prompts[3]!];
  expect(small.capacity).toBe(15);
  const answers = await generate(small, some, { ...greedy, maxNewTokens: 100 }, noPause);
  expect(small.capacity).toBe(191);
  expect(answers.map(({ tokens }) => tokens)).toEqual(some.map((prompt) => recomputed(prompt, 100)));
});

test("an answer ends where the context ends; a cache asked past it refuses", async () => {
  const session = sessionOf({ rows: 2, tokens: 400 });
  const prompt = tokensOf(9, 290, a.vocabularySize);
  const both = [
    { tokens: recomputed(prompt, 11), reason: "context" },
    { tokens: recomputed(prompts[0]!, 30), reason: "length" },
  ];
  for (const repetitionPenalty of [1, 1 + 1e-12]) {
    const settings = { ...greedy, maxNewTokens: 30, repetitionPenalty };
    expect(await generate(session, [prompt, prompts[0]!], settings, noPause)).toEqual(both);
  }
  const failure = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as PawlError).code;
    }
    return "none";
  };
  expect(failure(() => session.decode(Int32Array.of(1, 1), Int32Array.of(300, 0)))).toBe("CONTEXT_EXCEEDED");
  expect(failure(() => session.prefill([tokensOf(1, 301, a.vocabularySize)]))).toBe("CONTEXT_EXCEEDED");
  expect(failure(() => session.prefill([[]]))).toBe("DATA_EMPTY");
});

test("a prompt that goes on from an earlier one and its answer reads only what is new, and gives what a fresh one gives", async () => {
  const session = sessionOf({ rows: 1, reuse: true });
  const fresh = sessionOf({ rows: 1 });
  const turn = async (prompt: number[], maxNewTokens = 20) => {
    const { tokens } = (await generate(session, [prompt], { ...greedy, maxNewTokens }, noPause))[0]!;
    expect(tokens).toEqual((await generate(fresh, [prompt], { ...greedy, maxNewTokens }, noPause))[0]!.tokens);
    fresh.prefill([prompt]);
    session.prefill([prompt]);
    expect(distance(next(session, [prompt])[0]!, next(fresh, [prompt])[0]!)).toBeLessThan(1e-5);
    return [...prompt, ...tokens];
  };
  const first = await turn(prompts[3]!);
  const second = [...first, ...tokensOf(7, 40, a.vocabularySize)];
  await generate(session, [prompts[3]!], { ...greedy, maxNewTokens: 20 }, noPause);
  // The answer's last token was never put into the cache.
  expect(session.prefill([second])).toBe(second.length - first.length);
  await turn(second);
  // One that differs in the middle keeps what comes before.
  const changed = [...second.slice(0, 20), (second[20]! + 1) % a.vocabularySize, ...second.slice(21)];
  expect(session.prefill([changed])).toBe(changed.length - 1 - 20);
  await turn(changed);
});
