import fc from "fast-check";
import { gramWords, HeldOutGrams, normalizedWords } from "../../../lm/text/grams.js";

/** Share of a row's grams found in texts, each given as pieces. */
function found(row: string, ...texts: (string | string[])[]): number {
  const grams = new HeldOutGrams();
  const numbers = grams.add(row);
  for (const text of texts) for (const _ of grams.find([text].flat()));
  return grams.countFound(numbers) / numbers.length;
}

const words = (count: number, first = 0): string => Array.from({ length: count }, (_, i) => `w${first + i}`).join(" ");

test("words are compared by letters and digits, whatever the case, the form and what stands between", () => {
  expect(normalizedWords("The ﬁrst—“Ｃafé” of 1１, cafe\u0301!")).toEqual(["the", "first", "café", "of", "11", "café"]);
  expect(normalizedWords("?! …")).toEqual([]);
  expect(found("What is 347 + 286? 633", "so: what is 347+286 — 633.")).toBe(1);
});

describe("grams of a held-out row", () => {
  test("of more than 13 words are counted each", () => {
    expect(found(words(20), words(20))).toBe(1);
    // 8 windows; the text has the first 14 words, so two of them.
    expect(found(words(20), words(14))).toBe(2 / 8);
    expect(found(words(20), words(12))).toBe(0);
    expect(found(words(20), `${words(10)} other ${words(10, 10)}`)).toBe(0);
  });

  test("of a short row: the row as a whole, anywhere in a text", () => {
    expect(found("the capital of Peru is Lima", "We know that the capital of Peru is Lima, and more.")).toBe(1);
    expect(found("the capital of Peru is Lima", "The capital of Peru is", "is Lima")).toBe(0);
    expect(found("Lima", "lima")).toBe(1);
  });

  test("do not reach from one text into the next, but across the pieces of one", () => {
    expect(found(words(13), words(7), words(6, 7))).toBe(0);
    expect(found(words(13), [words(7), ` ${words(6, 7)}`])).toBe(1);
  });

  test("have an order", () => {
    expect(found("one two three", "three two one")).toBe(0);
    expect(found("a b c d e f g h i j k l m", "a j c d e f g h i b k l m")).toBe(0);
  });

  test("a row without words has none", () => {
    expect(new HeldOutGrams().add("!?")).toHaveLength(0);
  });
});

test("agrees with a search by strings", () => {
  // Few words, so that much is equal.
  const text = fc.array(fc.constantFrom("a", "b"), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), fc.array(text, { maxLength: 5 }), (rows, texts) => {
      const grams = new HeldOutGrams();
      const numbers = rows.map((row) => grams.add(row.join(" ")));
      for (const one of texts) for (const _ of grams.find([one.join(" ")]));
      rows.forEach((row, r) => {
        const length = Math.min(gramWords, row.length);
        const own = length === 0 ? [] : row.slice(length - 1).map((_, i) => row.slice(i, i + length).join(" "));
        expect(numbers[r]).toHaveLength(own.length);
        const inTexts = own.filter((gram) => texts.some((one) => ` ${one.join(" ")} `.includes(` ${gram} `)));
        expect(grams.countFound(numbers[r]!)).toBe(inTexts.length);
      });
    }),
  );
});

test("many grams stay apart, and are found again", () => {
  const grams = new HeldOutGrams();
  const [known, other] = [grams.add(words(50_000)), grams.add(words(50_000, 60_000))];
  for (const _ of grams.find([words(50_000)]));
  expect(grams.countFound(known)).toBe(known.length);
  expect(grams.countFound(other)).toBe(0);
});
