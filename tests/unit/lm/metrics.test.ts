import fc from "fast-check";
import { bitsPerByte, byteEntropy, exactMatch } from "../../../lm/metrics.js";
import { scoringWindows } from "../../../lm/scoring-windows.js";

test("bits per byte: ln 2 nats are one bit", () => {
  expect(bitsPerByte(8 * Math.LN2, 4)).toBeCloseTo(2, 12);
});

test("order-0 entropy of known distributions", () => {
  expect(byteEntropy(Buffer.from("aaaa"))).toBe(0);
  expect(byteEntropy(Buffer.from("abab"))).toBe(1);
  expect(byteEntropy(Uint8Array.from({ length: 256 }, (_, i) => i))).toBeCloseTo(8, 12);
});

test("exact match looks past case and white space, and at nothing else", () => {
  expect(exactMatch("  The CAPITAL\n is  Paris ", "the capital is paris")).toBe(true);
  expect(exactMatch("Paris.", "Paris")).toBe(false);
  expect(exactMatch("", "Paris")).toBe(false);
});

test("scoring windows predict every token once, with at least half a context before it where there is so much", () => {
  const cases = fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 2, max: 16 }));
  fc.assert(
    fc.property(cases, ([length, context]) => {
      const document = Array.from({ length }, (_, i) => i + 1);
      const targets: number[] = [];
      for (const { tokens, counted } of scoringWindows(document, 0, context)) {
        expect(tokens.length - 1).toBeLessThanOrEqual(context);
        Array.from(tokens).forEach((token, i) => {
          if (!counted[i]) return;
          targets.push(token);
          // The document's first token is predicted from end-of-text alone, its n-th from n tokens.
          const whole = token === 0 ? length + 1 : token;
          expect(i).toBeGreaterThanOrEqual(Math.min(whole, Math.floor(context / 2)));
        });
      }
      expect(targets).toEqual([...document, 0]);
    }),
  );
});
