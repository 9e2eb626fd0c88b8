import { DecodingSession, type SessionSettings } from "../../../lm/decode/decoding-session.js";
import { generate, type Completion, type GenerationSettings, type Prompt } from "../../../lm/decode/generate.js";
import type { AttentionSettings } from "../../../lm/model/attention/settings.js";
import type { PawlError } from "../../../platform/errors.js";

import { argMax } from "./cached-logits.js";
import { compileLogits } from "./logits.js";
import { makeBatch, formulaWeights, tinyArchitecture, makeTokens } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const contextLength = 200;
const vocabulary = tinyArchitecture().vocabularySize;
// Chunks of 128 and of 32 tokens, whole and in part, and none.
const prompts = [3, 170, 1, 33, 17].map((length, i) => makeTokens(i, length, vocabulary));
const greedy = { temperature: 0, topK: 0, topP: 1 };
const noPause = async (): Promise<void> => {};
const made: { dispose(): void }[] = [];
afterAll(() => made.forEach((one) => one.dispose()));

/** Sessions of a model, and what it says without a cache. */
function modelOf(attention: AttentionSettings) {
  const a = { ...tinyArchitecture({ contextLength }), attention };
  const weights = formulaWeights(a);
  let logits: ReturnType<typeof compileLogits> | undefined;
  return {
    a,
    weights,
    /** Kernel by kernel, unless the settings say otherwise. */
    open: (settings: Partial<SessionSettings> = {}): DecodingSession => {
      const session = new DecodingSession(a, weights, {
        rows: 5,
        tokens: 200,
        sampling: greedy,
        steps: 0,
        ...settings,
      });
      made.push(session);
      return session;
    },
    /** The most probable tokens in the places of a response, without a cache: itself if greedy. */
    recomputed: (prompt: readonly number[], response: readonly number[]): number[] => {
      if (!logits) made.push((logits = compileLogits(a, weights, { rows: 1, length: contextLength })));
      const sequence = [...prompt, ...response];
      const all = logits.forward(makeBatch([[sequence.slice(0, contextLength + 1)]], contextLength));
      return response.map((_, i) => {
        const end = (prompt.length + i) * vocabulary;
        return argMax(all.subarray(end - vocabulary, end));
      });
    },
  };
}

const numbered = (some: readonly (readonly number[])[]): Prompt[] => some.map((tokens, number) => ({ tokens, number }));
const write = (
  session: DecodingSession,
  some: readonly Prompt[],
  settings: Partial<GenerationSettings> = {},
): Promise<Completion[]> => generate(session, some, { maxNewTokens: 16, stop: [], seed: 1, ...settings }, noPause);
const dense = modelOf({ kind: "dense" });

const local: AttentionSettings = { kind: "local", window: 20, sinks: 2 };
const sparse: AttentionSettings = { kind: "sparse", window: 8, blockSize: 4, selectedBlocks: 2 };

describe.each([{ kind: "dense" }, local, sparse] as AttentionSettings[])("%j", (attention) => {
  const model = modelOf(attention);
  let single: DecodingSession;
  let expected: number[][];
  beforeAll(async () => {
    single = model.open({ rows: 1, reuse: true });
    expected = (await write(model.open(), numbered(prompts))).map(({ tokens }) => tokens);
  });

  test("responses are those without a cache, of rows side by side and one by one", async () => {
    expect(expected.map(({ length }) => length)).toEqual(prompts.map(() => 16));
    expect(expected).toEqual(prompts.map((prompt, i) => model.recomputed(prompt, expected[i]!)));
    const whole = expected.map((tokens) => ({ tokens, reason: "length" }));
    expect(await write(single, numbered(prompts))).toEqual(whole);
  });

  test("the cache grows with the sequence, and what it held stays", async () => {
    const small = model.open({ rows: 2, tokens: 8 });
    expect(small.capacity).toBe(15);
    const some = [prompts[0]!, prompts[3]!];
    const responses = await write(small, numbered(some), { maxNewTokens: 24 });
    expect(small.capacity).toBeGreaterThan(56);
    responses.forEach(({ tokens }, i) => {
      expect(tokens).toHaveLength(24);
      expect(tokens).toEqual(model.recomputed(some[i]!, tokens));
    });
  });

  test("a prompt that continues an earlier one and its response reads only new tokens, and gives what a fresh session gives", async () => {
    const read = (tokens: number[]) => single.read([{ rows: [0], tokens }]);
    const turn = async (prompt: number[]) => {
      const [{ tokens }] = (await write(single, numbered([prompt]), { maxNewTokens: 12 })) as [Completion];
      expect(tokens).toHaveLength(12);
      expect(tokens).toEqual(model.recomputed(prompt, tokens));
      return [...prompt, ...tokens];
    };
    const first = await turn(prompts[3]!);
    const second = [...first, ...makeTokens(7, 40, vocabulary)];
    // The answer's last token was never put into the cache.
    expect(read(second)).toBe(second.length - first.length);
    await turn(second);
    // One that differs near the end keeps what comes before.
    const changed = [...second.slice(0, -4), (second.at(-4)! + 1) % vocabulary, ...second.slice(-3)];
    expect(read(changed)).toBe(3);
    await turn(changed);
  });
});

let threeRows: DecodingSession;
beforeAll(() => {
  threeRows = dense.open({ rows: 3 });
});

test("rows end at different times, and take the next prompts: responses are those without stop tokens, up to the first", async () => {
  const expected = (await write(threeRows, numbered(prompts))).map(({ tokens }) => tokens);
  const stop = [expected[1]![10]!, expected[0]![3]!, expected[2]![7]!, expected[4]![5]!];
  const many = [0, 1, 2, 3, 4, 3, 1, 0, 2, 2, 4].map((i) => prompts[i]!);
  const rows = await write(threeRows, numbered(many), { stop });
  rows.forEach(({ tokens, reason, end }, i) => {
    const whole = expected[prompts.indexOf(many[i]!)]!;
    const at = whole.findIndex((token) => stop.includes(token));
    if (at < 0) expect({ tokens, reason }).toEqual({ tokens: whole, reason: "length" });
    else expect({ tokens, reason, end }).toEqual({ tokens: whole.slice(0, at), reason: "stop", end: whole[at] });
  });
  expect(new Set(rows.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(1);
});

test("rows in parts of their own give what rows together give", async () => {
  const together = await write(threeRows, numbered(prompts));
  expect(await write(dense.open({ rows: 8, steps: 1e6 }), numbered(prompts))).toEqual(together);
});

test.each<[AttentionSettings, [number, number][]]>([
  [
    { kind: "dense" },
    [
      [6, 25],
      [6, 4],
    ],
  ],
  [local, [[6, 25]]],
  [sparse, [[6, 25]]],
])(
  "a cache of %j with room for the longest prompt and its answer never grows, whatever rows count on beyond theirs",
  async (attention, lengths) => {
    const model = modelOf(attention);
    const open = (tokens: number) => model.open({ rows: 4, tokens, sampling: { temperature: 1, topK: 0, topP: 1 } });
    const roomy = open(64);
    for (const [length, maxNewTokens] of lengths) {
      const some = numbered(Array.from({ length: 12 }, (_, i) => makeTokens(i, length - (i % 3), vocabulary)));
      const tight = open(length + maxNewTokens);
      const before = tight.capacity;
      const responses = await write(tight, some, { stop: [1], maxNewTokens });
      expect(tight.capacity).toBe(before);
      expect(new Set(responses.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(2);
      expect(responses).toEqual(await write(roomy, some, { stop: [1], maxNewTokens }));
    }
  },
);

test("a ring continues from what it keeps while its window is still held; else it reads anew", async () => {
  const model = modelOf(local);
  const session = model.open({ rows: 1, tokens: contextLength, reuse: true });
  expect(session.capacity).toBe(Infinity);
  const read = (tokens: number[]) => session.read([{ rows: [0], tokens }]);
  const first = makeTokens(8, 150, vocabulary);
  const [{ tokens }] = (await write(session, numbered([first]), { maxNewTokens: 30 })) as [Completion];
  const turn = [...first, ...tokens, ...makeTokens(9, 10, vocabulary)];
  expect(read(turn)).toBe(10);
  // Cut back a little: the window before the cut is still there.
  const changed = [...turn.slice(0, 170), 1, 2, 3];
  expect(read(changed)).toBe(2);
  const greedily = async (prompt: number[]) => {
    const [{ tokens }] = (await write(session, numbered([prompt]))) as [Completion];
    expect(tokens).toHaveLength(16);
    expect(tokens).toEqual(model.recomputed(prompt, tokens));
  };
  await greedily(changed);
  // Cut back further than the cache reaches.
  const early = [...turn.slice(0, 60), 5, 6];
  expect(read(early)).toBe(61);
  await greedily(early);
});

test("an answer ends where the context ends, also of a prompt that fills it; a cache asked past it refuses", async () => {
  const session = dense.open({ rows: 2, tokens: 400 });
  const [long, full] = [190, 200].map((length) => makeTokens(9, length, vocabulary)) as [number[], number[]];
  const some = [long, prompts[0]!, full];
  const responses = await write(session, numbered(some), { maxNewTokens: 30 });
  expect(responses).toMatchObject([{ reason: "context" }, { reason: "length" }, { reason: "context" }]);
  expect(responses.map(({ tokens }) => tokens.length)).toEqual([11, 30, 1]);
  responses.forEach(({ tokens }, i) => expect(tokens).toEqual(dense.recomputed(some[i]!, tokens)));
  const failure = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as PawlError).code;
    }
    return "none";
  };
  const past = {
    tokens: Int32Array.of(1, 1),
    positions: Int32Array.of(200, 0),
    uniforms: new Float32Array(2),
    times: 1,
    missing: Int32Array.of(1, 1),
  };
  expect(failure(() => session.choose(past))).toBe("CONTEXT_EXCEEDED");
  expect(failure(() => session.read([{ rows: [0], tokens: makeTokens(1, 201, vocabulary) }]))).toBe("CONTEXT_EXCEEDED");
  expect(failure(() => session.read([{ rows: [0], tokens: [] }]))).toBe("DATA_EMPTY");
  expect(await write(session, [])).toEqual([]);
});

test("a response may be one token long, and `onToken` may end it", async () => {
  const whole = await write(threeRows, numbered(prompts));
  const one = await write(threeRows, numbered(prompts), { maxNewTokens: 1 });
  expect(one.map(({ tokens }) => tokens)).toEqual(whole.map(({ tokens }) => tokens.slice(0, 1)));
  const counts = prompts.map(() => 0);
  const onToken = (prompt: number) => ++counts[prompt]! > prompt;
  const told = await write(threeRows, numbered(prompts), { onToken });
  expect(told).toEqual(whole.map(({ tokens }, i) => ({ tokens: tokens.slice(0, i + 1), reason: "stop" })));
});

describe("sampled at temperature 1", () => {
  const sampling = { temperature: 1, topK: 0, topP: 1 };
  // Three responses to each prompt, of unequal length where the stop token is drawn.
  const short = [3, 16, 1, 11, 7].map((length, i) => makeTokens(i, length, vocabulary));
  const asked: Prompt[] = short.flatMap((tokens, number) =>
    [0, 1, 2].map((sample) => ({ tokens, number: 40 + number, sample })),
  );
  const settings = { stop: [4], maxNewTokens: 16 };
  let session: DecodingSession;
  let expected: Completion[];
  const responsesTo = async (size: Partial<SessionSettings>, some: readonly Prompt[]) =>
    write(dense.open({ sampling, tokens: 32, ...size }), some, settings);
  beforeAll(async () => {
    session = dense.open({ sampling, rows: 3, tokens: 32 });
    expected = await write(session, asked, settings);
  });

  test("an answer is the same whichever prompts are beside it, in whatever order they come and rows are free", async () => {
    expect(new Set(expected.map(({ tokens }) => tokens.join())).size).toBe(asked.length);
    expect(new Set(expected.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(4);
    const backwards = await write(session, [...asked].reverse(), settings);
    expect(backwards.reverse()).toEqual(expected);
    const order = asked.map((_, i) => (i * 7) % asked.length);
    const shuffled = await write(session, order.map((i) => asked[i]!), settings); // prettier-ignore
    expect(shuffled).toEqual(order.map((i) => expected[i]));
    for (const i of [0, 4, 11]) expect(await write(session, [asked[i]!], settings)).toEqual([expected[i]]);
  });

  test("it is the same with other numbers of rows, with prompts read once for several, and in a compiled step", async () => {
    expect(await responsesTo({ rows: 1 }, asked)).toEqual(expected);
    expect(await responsesTo({ rows: 8, samples: 3 }, asked)).toEqual(expected);
    expect(await responsesTo({ rows: 9, steps: 1e6 }, asked)).toEqual(expected);
  });

  test("it depends on the seed, the prompt's number and the sample", async () => {
    const tokensFor = async (prompt: Partial<Prompt>, seed = 1) =>
      (await write(session, [{ tokens: short[3]!, number: 43, sample: 0, ...prompt }], { ...settings, seed }))[0]!
        .tokens;
    const same = await tokensFor({});
    expect(same).toEqual(expected[9]!.tokens);
    for (const other of [await tokensFor({ number: 44 }), await tokensFor({ sample: 1 }), await tokensFor({}, 2)])
      expect(other).not.toEqual(same);
  });

  test("other weights of the same architecture take the place of the old ones", async () => {
    const turned = Object.fromEntries(
      Object.entries(dense.weights).map(([name, value]) => [name, { ...value, data: value.data.map((x) => 0.9 * x) }]),
    );
    const before = await write(session, asked, settings);
    session.load(turned);
    const fresh = new DecodingSession(dense.a, turned, { rows: 3, tokens: 32, sampling, steps: 0 });
    made.push(fresh);
    const after = await write(session, asked, settings);
    expect(after).toEqual(await write(fresh, asked, settings));
    expect(after).not.toEqual(before);
    session.load(dense.weights);
    expect(await write(session, asked, settings)).toEqual(before);
  });
});

test("a repetition penalty counts the prompt and the answer, of the row's present prompt only", async () => {
  const penalty = 1e6;
  const session = dense.open({ rows: 2, sampling: { ...greedy, repetitionPenalty: penalty }, samples: 2 });
  // No positive logit survives: while any other token has one, nothing occurs twice.
  const some = [0, 0, 2, 0, 2].map((i) => prompts[i]!);
  const responses = await write(session, numbered(some), { maxNewTokens: 8 });
  responses.forEach(({ tokens }, i) => {
    expect(new Set([...tokens, ...some[i]!]).size).toBe(tokens.length + new Set(some[i]).size);
    expect(tokens).toEqual(responses[some.indexOf(some[i]!)]!.tokens);
  });
});
