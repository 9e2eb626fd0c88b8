import fc from "fast-check";
import { compilePattern } from "../../../platform/text/pattern.js";
import { PatternProblem } from "../../../platform/text/pattern-syntax.js";

const problem = (source: string): PatternProblem => {
  try {
    compilePattern(source);
  } catch (error) {
    if (error instanceof PatternProblem) return error;
    throw error;
  }
  throw new Error(`${source} compiles`);
};
const native = (source: string, text: string): number => [...text.matchAll(new RegExp(source, "gsu"))].length;

describe("a pattern", () => {
  test.each([
    ["b.", "abcabc"],
    ["^b", "abc"],
    ["a.b", "a\nb a b a😀b"],
    ["", "abc"],
    ["\\b7$", "answer: 7"],
    ["\\s\\S", "a\u00a0b\u2003\ufeffc\vd"],
    ["[\\s\\d]+", "1\u3000 2x"],
    ["[^\\S]", "a \u2028b"],
    ["[^\\s]", "a \u2028b"],
    ["[\\S]", "a \u2028b"],
    ["\\w+\\W", "né on, \u00e9t"],
    ["[\\b]", "a\bb"],
    ["[]", "abc"],
    ["[^]", "a\n"],
    ["[a-]|[-b]|[^-c]", "a-bc"],
    ["[--/]", "-./0"],
    ["[a-c-e]", "a-cde"],
    ["[[:alpha:]+", "a:]b:]["],
    ["[&&^~]", "&^~"],
    ["\\u0041|\\u{1F600}|\\ud83d\\ude01|\\x42|\\cJ|\\0", "A😀😁B\n\0"],
    ["[\\u{1F600}-\\u{1F610}]", "😀😁😈x"],
    ["\\p{L}+|\\p{Script=Greek}|\\P{gc=Lu}", "été αβγ Ω X1"],
    ["(?<year>\\d{4})-(\\d\\d)", "2024-05 1999-1"],
    ["\\/\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$", "/.*+?()[]{}|^$"],
    ["#~ %@<>\"'`=!:;&_-", "#~ %@<>\"'`=!:;&_-"],
    ["a{2,3}?|b{2}|c{1,}", "aaaa bbb ccc"],
    ["(?:a|ab)(?:c|bcd)", "abcd"],
  ])("%j finds in %j what JavaScript finds", (source, text) => {
    const pattern = compilePattern(source, { dotAll: true });
    expect(pattern.count(text)).toBe(native(source, text));
    expect(pattern.test(text)).toBe(native(source, text) > 0);
  });

  test("without dotAll a dot matches no end of a line", () => {
    for (const end of ["\n", "\r", "\u2028", "\u2029"]) expect(compilePattern("a.b").test(`a${end}b`)).toBe(false);
    expect(compilePattern("a.b").test("a\u0085b")).toBe(true);
  });

  test("finds what JavaScript finds, whatever is put together", () => {
    const piece = fc.constantFrom(
      ..."a b 1 é . \\d \\w \\s [ab] [^a] (?:a|b) (b) \\b ^ $ | a* b+ .? [ab]{1,2} a*? \\S".split(" "),
    );
    const sources = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
    const texts = fc.string({ unit: fc.constantFrom(..."aab1é \n"), maxLength: 12 });
    fc.assert(
      fc.property(sources, texts, (source, text) => {
        expect(compilePattern(source, { dotAll: true }).count(text)).toBe(native(source, text));
      }),
      { numRuns: 500 },
    );
  });

  test.each(["^(([a-z])+.)+[A-Z]([a-z])+$", "^(a+)+$", "(a|a)*b", "(?:a*)*c", "^(?:a|b|ab)*c$"])(
    "%s searches a long text in steps that its length bounds",
    (source) => {
      const pattern = compilePattern(source);
      const text = `${"a".repeat(20_000)}!`;
      expect(pattern.test(text)).toBe(false);
      expect(pattern.steps(text)).toBeLessThan(100 * text.length);
    },
  );

  test.each([
    ["a(?=b)", /^\(\?= is lookahead/],
    ["a(?!b)", /^\(\?! is lookahead/],
    ["(?<=a)b", /^\(\?<= is lookbehind/],
    ["(?<!a)b", /^\(\?<! is lookbehind/],
    ["(a)\\1", /^\\1 is a backreference/],
    ["(?<x>a)\\k<x>", /^\\k is a backreference/],
    ["\\p{Script_Extensions=Greek}", /^\\p\{Script_Extensions=Greek\} is not supported/],
    ["\\p{Letter}", /^\\p\{Letter\} is not supported/],
    ["(", /Unterminated group|missing \)/],
    ["\\-", /Invalid escape/],
    ["a{1001}", /invalid repeat count/],
    ["(?:(?:a{100}){100}){100}", /invalid repeat count/],
    ["(?:ab?c{50}){19}".repeat(20), /instructions once repetitions are written out/],
    ["x".repeat(10_001), /longer than 10000 characters/],
  ])("%.40s is refused", (source, message) => {
    const found = problem(source);
    expect(found.message).toMatch(message);
    expect(found.next).not.toBe("");
  });

  test("a lookaround or a backreference that is only text is none", () => {
    expect(compilePattern("\\(\\?=a\\)").test("(?=a)")).toBe(true);
    expect(compilePattern("[(?=]\\\\1").test("?\\1")).toBe(true);
  });
});
