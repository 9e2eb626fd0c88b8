import fc from "fast-check";
import { TextStream } from "../../../lm/text/text-stream.js";

/** Tokens are bytes, cut as given. */
function streamOf(pieces: readonly (string | number[])[], stop: readonly string[]) {
  const bytes = pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : Uint8Array.from(piece)));
  const stream = new TextStream((token) => bytes[token]!, stop);
  const texts: string[] = [];
  for (const token of pieces.keys()) {
    const { text, stop: found } = stream.add(token);
    texts.push(text);
    if (found !== undefined) return { texts, found };
  }
  return { texts, end: stream.end() };
}

test("text comes immediately where no stop sequence can begin", () => {
  expect(streamOf(["The ", "pawl", "."], ["\n\n"])).toEqual({ texts: ["The ", "pawl", "."], end: "" });
});

test("a stop sequence across tokens, which also begins and ends inside them, ends the text before it", () => {
  expect(streamOf(["a wh", "eel E", "N", "D of", " it"], ["END"])).toEqual({
    texts: ["a wh", "eel ", "", ""],
    found: "END",
  });
});

test("what might have become one is held back until it has not", () => {
  expect(streamOf(["x E", "N", "d"], ["END"])).toEqual({ texts: ["x ", "", "ENd"], end: "" });
  expect(streamOf(["x ", "EN"], ["END"])).toEqual({ texts: ["x ", ""], end: "EN" });
  // The end of a failed beginning may begin another.
  expect(streamOf(["aa", "ab", "c"], ["aab"])).toEqual({ texts: ["", "a"], found: "aab" });
});

test("of two the one that begins first counts, of those the longer one", () => {
  expect(streamOf(["one two three"], ["three", "two", "two th"])).toEqual({ texts: ["one "], found: "two th" });
});

test("a character cut in two comes when it is whole; one that never is becomes U+FFFD", () => {
  expect(streamOf([[0xe2, 0x82], [0xac], [0x41]], [])).toEqual({ texts: ["", "€", "A"], end: "" });
  expect(streamOf([[0x41, 0xe2, 0x82]], [])).toEqual({ texts: ["A"], end: "\uFFFD" });
  expect(streamOf([[0xe2, 0x82], [0xac]], ["€"])).toEqual({ texts: ["", ""], found: "€" });
});

test("however the text is cut into tokens, what comes is the text up to its first stop sequence", () => {
  const pieces = fc.array(fc.array(fc.constantFrom("a", "b", "é"), { maxLength: 4 }), { maxLength: 8 });
  const stops = fc.array(fc.constantFrom("ab", "aab", "bé", "bb"), { maxLength: 2 });
  fc.assert(
    fc.property(pieces, stops, (cut, stop) => {
      const text = cut.flat().join("");
      const at = stop.map((sequence) => text.indexOf(sequence)).filter((i) => i >= 0);
      const { texts, end = "" } = streamOf(
        cut.map((piece) => piece.join("")),
        stop,
      );
      expect(texts.join("") + end).toBe(text.slice(0, at.length > 0 ? Math.min(...at) : undefined));
    }),
  );
});
