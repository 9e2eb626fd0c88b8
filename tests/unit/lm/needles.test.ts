import { isWithinReach } from "../../../activities/evaluate/needle.js";
import { encodeNeedles, needleTest, type NeedleTokens } from "../../../lm/data/needles.js";
import type { Architecture } from "../../../lm/model/architecture.js";
import type { AttentionSettings } from "../../../lm/model/attention/settings.js";
import { tokenizerJson } from "../../../lm/text/tokenizer-files.js";
import { Tokenizer } from "../../../lm/text/tokenizer.js";

const endOfText = 99;
const haystack = Array.from({ length: 50 }, (_, i) => i % 10);
/** Keys 20 … 23; key k has the values 10·k and 10·k + 1. */
const needles: NeedleTokens[] = [20, 21, 22, 23].map((key) => ({
  question: [key],
  answers: [[10 * key], [10 * key + 1, 10 * key + 1]],
  statements: [
    [77, 10 * key],
    [77, 10 * key + 1, 10 * key + 1],
  ],
}));
const testAt = (place: object, seed = 1) =>
  needleTest(needles, haystack, endOfText, { length: 40, depth: 0.5, distractors: 2, index: 0, ...place }, seed);

test("a test has its length, hides as many statements as asked for, and asks for one of them", () => {
  const starts = new Set<number>();
  for (let index = 0; index < 40; index++) {
    const { tokens, counted } = testAt({ index });
    expect(tokens).toHaveLength(41);
    expect(tokens[0]).toBe(endOfText);
    const answer = Array.from(tokens).filter((_, i) => counted[i]);
    const key = Array.from(tokens).find((id) => id >= 20 && id < 30)!;
    expect(Math.floor(answer[0]! / 10)).toBe(key);
    const text = Array.from(tokens).slice(0, -answer.length - 1);
    expect(text.filter((id) => id === 77)).toHaveLength(3);
    expect(text.join()).toContain(answer.join());
    starts.add(text.indexOf(answer[0]!));
  }
  expect(starts.size).toBeGreaterThan(3);
});

test.each([
  [0, 1],
  [1, -1],
])("depth %d: the needle stands at that end of the text", (depth, end) => {
  for (let index = 0; index < 20; index++) {
    const { tokens, counted } = testAt({ depth, index, distractors: 0 });
    const answer = Array.from(tokens).filter((_, i) => counted[i]);
    const text = Array.from(tokens).slice(1, -answer.length - 1);
    const at = end === 1 ? 0 : text.length - answer.length - 1;
    expect(text.slice(at, at + answer.length + 1)).toEqual([77, ...answer]);
  }
});

test("a test is a function of seed and index; text that ends begins anew", () => {
  expect(testAt({ index: 3 })).toEqual(testAt({ index: 3 }));
  expect(testAt({ index: 3 })).not.toEqual(testAt({ index: 4 }));
  expect(testAt({ index: 3 }, 2)).not.toEqual(testAt({ index: 3 }));
  const { tokens } = testAt({ length: 200, distractors: 0 });
  expect(Array.from(tokens).filter((id) => id < 10).length).toBeGreaterThan(190);
});

test("statements that do not fit are refused", () => {
  expect(() => testAt({ length: 8, distractors: 3 })).toThrow(
    expect.objectContaining({ code: "OUT_OF_RANGE", facts: expect.objectContaining({ got: "8" }) }),
  );
});

test("white space before the value belongs to it, in statement and question alike", async () => {
  const tokenizer = await Tokenizer.fromJson(tokenizerJson([]));
  const form = {
    statement: "\nThe {key} is here: {value}.\n",
    question: "\nWhich {key}? {value}",
    words: [{ key: "gem", values: ["opal", "jade"] }],
  };
  const [gem] = await encodeNeedles(form, tokenizer);
  const text = (ids: number[]) => tokenizer.decode(ids);
  expect(await text(gem!.question)).toBe("\nWhich gem?");
  expect(await Promise.all(gem!.answers.map(text))).toEqual([" opal", " jade"]);
  expect(await Promise.all(gem!.statements.map(text))).toEqual([
    "\nThe gem is here: opal.\n",
    "\nThe gem is here: jade.\n",
  ]);
});

describe("what finds a needle without looking for it", () => {
  test("how far back it lies, and where it begins", () => {
    for (let index = 0; index < 40; index++)
      for (const depth of [0, 0.3, 1]) {
        const { tokens, counted, distance, start } = testAt({ index, depth });
        const ids = Array.from(tokens);
        const answer = ids.filter((_, i) => counted[i]);
        const needle = [77, ...answer];
        expect(ids.slice(start, start + needle.length)).toEqual(needle);
        const asked = ids.length - answer.length - 1;
        expect(asked - (start + needle.length - 1)).toBe(distance);
        if (depth === 0) expect(start).toBe(1);
      }
  });

  test("chance: one of the key's values; the value of one of the statements, equal ones counted", () => {
    expect(testAt({})).toMatchObject({ guess: 1 / 2, anyStatement: 1 / 3 });
    const alike = needles.map((needle) => ({ ...needle, answers: [[5], [6]] }));
    const test = (index: number) =>
      needleTest(alike, haystack, endOfText, { length: 40, depth: 0.5, distractors: 3, index }, 1);
    const shares = Array.from({ length: 40 }, (_, index) => test(index).anyStatement);
    expect(new Set(shares)).toEqual(new Set([1 / 4, 2 / 4, 3 / 4, 1]));
    expect(test(0).guess).toBe(1 / 2);
  });

  const model = (attention: AttentionSettings) => ({ layers: 2, attention }) as Architecture;
  test.each([
    [{ kind: "dense" }, 10_000, 500, true],
    [{ kind: "sparse", window: 8, blockSize: 4, selectedBlocks: 1 }, 10_000, 500, true],
    [{ kind: "local", window: 8, sinks: 0 }, 14, 500, true],
    [{ kind: "local", window: 8, sinks: 0 }, 15, 500, false],
    [{ kind: "local", window: 8, sinks: 4 }, 15, 3, true],
    [{ kind: "local", window: 8, sinks: 4 }, 15, 4, false],
  ] as const)(
    "%j, two layers: a needle %d tokens back that begins at %d is within reach: %s",
    (kind, distance, start, expected) => {
      expect(isWithinReach(model(kind), { ...testAt({}), distance, start })).toBe(expected);
    },
  );
});
