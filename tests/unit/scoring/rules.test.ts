import fc from "fast-check";
import { applyRule, type RuleSettings } from "../../../activities/scoring/rule.js";
import { extractCode } from "../../../activities/scoring/rules/code.js";
import { rules } from "../../../activities/scoring/rules/index.js";

const settings = { stepLimit: 1, timeLimitMs: 1, memoryLimitBytes: 1 };
const judged = async (
  kind: "number" | "exact" | "regex" | "length",
  response: string,
  reference?: string,
  more: Partial<RuleSettings> = {},
) => {
  const rule = await rules[kind].open({ kind, role: "verifier", ...settings, ...more });
  return applyRule(rule, { prompt: "", response, ...(reference === undefined ? {} : { reference }) });
};

describe("number", () => {
  test.each([
    ["The answer is 42.", "42"],
    ["2 + 40 = 42", "#### 42"],
    ["1,234,567 people", "1234567"],
    ["007", "7"],
    ["3.50 dollars", "3.5"],
    [".5", "0.5"],
    ["−3", "-3"],
    ["x=-3", "-3"],
    ["it is -$18", "-18"],
    ["10-7", "7"],
    ["f(2)-7", "7"],
    ["1,2,3", "3"],
    ["1.5e3", "1500"],
    ["25e-1", "2.5"],
    ["-0", "0"],
    ["0.1", "0.10"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
    ["3/4", "3/4"],
    ["6 / 8", "3/4"],
    ["0.75", "3/4"],
    ["-3/4", "-0.75/1"],
    ["\\boxed{42}", "42"],
    ["H2O and 5", "5"],
  ])("%j is right where %j is", async (response, reference) => {
    expect(await judged("number", response, reference)).toEqual({ score: 1 });
  });

  test.each([
    ["41", "42"],
    ["42 and then 43", "42"],
    ["no number", "42"],
    ["", "42"],
    ["123456789012345678901234567891", "123456789012345678901234567890"],
    ["0.30000000000000004", "0.3"],
    ["12/3", "4"],
    ["3", "-3"],
    ["4/3", "3/4"],
    ["1/0", "3/4"],
    ["forty-two", "42"],
  ])("%j is wrong where %j is right", async (response, reference) => {
    expect(await judged("number", response, reference)).toEqual({ score: 0 });
  });

  test("a reference without a number is the row's fault", async () => {
    expect(await judged("number", "42", "forty-two")).toMatchObject({ failure: "badReference" });
  });

  test("decimals are equal exactly when their digits say so", async () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 12 }));
    const text = ([digits, decimals]: [bigint, number]): string => {
      const shown = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, "0");
      const [whole, rest] = [shown.slice(0, shown.length - decimals), shown.slice(shown.length - decimals)];
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
      return `${digits < 0n ? "-" : ""}${grouped}${decimals > 0 ? `.${rest}` : ""}`;
    };
    await fc.assert(
      fc.asyncProperty(decimal, decimal, fc.integer({ min: 0, max: 4 }), async (a, b, zeros) => {
        const same = a[0] * 10n ** BigInt(b[1]) === b[0] * 10n ** BigInt(a[1]);
        expect(await judged("number", `so it is ${text(a)} !`, text(b))).toEqual({ score: same ? 1 : 0 });
        expect(await judged("number", text(a), `${text([a[0] * 10n ** BigInt(zeros), a[1] + zeros])}.`)).toEqual({
          score: 1,
        });
      }),
    );
  });

  test("whatever the texts, there is a verdict", async () => {
    const alphabet = fc.constantFrom(..."0123456789,.-−+eE/$ )x\n");
    const texts = fc.string({ unit: alphabet, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(texts, texts, async (response, reference) => {
        const verdict = await judged("number", response, reference);
        if ("failure" in verdict) expect(verdict.failure).toBe("badReference");
        else expect([0, 1]).toContain(verdict.score);
        expect(await judged("number", `${response} 5`, "5")).toEqual({ score: 1 });
      }),
    );
  });
});

test("exact looks past case and white space, and at nothing else", async () => {
  expect(await judged("exact", " The\nPawl. ", "the pawl.")).toEqual({ score: 1 });
  expect(await judged("exact", "The pawl", "the pawl.")).toEqual({ score: 0 });
});

describe("regex", () => {
  test.each([
    ["abcabc", undefined, { pattern: "b." }, 1],
    ["abc", undefined, { pattern: "^b" }, 0],
    ["a\nb", undefined, { pattern: "a.b" }, 1],
    ["😀", undefined, { pattern: "^.$" }, 1],
    ["abcabc", undefined, { pattern: "b.", role: "judge" as const }, 2],
    ["abc", undefined, { pattern: "x", role: "judge" as const }, 0],
    ["abc", undefined, { pattern: "", role: "judge" as const }, 4],
    ["answer: 7", "\\b7$", {}, 1],
    ["answer: 77", "\\b7$", {}, 0],
  ])("%j, reference %j, %j: %j", async (response, reference, more, score) => {
    expect(await judged("regex", response, reference, more)).toEqual({ score });
  });

  test("a reference that is no pattern is the row's fault", async () => {
    expect(await judged("regex", "x", "(")).toMatchObject({ failure: "badReference" });
    const failure = { failure: "badReference", message: expect.stringContaining("lookbehind") };
    expect(await judged("regex", "x", "(?<=a)b")).toMatchObject(failure);
  });
});

test("length counts characters, not the units they are stored in", async () => {
  expect(await judged("length", "a😀é")).toEqual({ score: 3 });
});

test.each([
  ["1 + 1", "1 + 1"],
  ["So:\n```js\n1 + 1\n```\n", "1 + 1\n"],
  ["```\nfirst\n``` then ```javascript\nsecond\n``` done", "second\n"],
  ["```1 + 1```", "1 + 1"],
  ["```js\n1\n``` and ```js\n2", "1\n"],
  ["``` open", "``` open"],
])("the code in %j is %j", (response, code) => {
  expect(extractCode(response)).toBe(code);
});
