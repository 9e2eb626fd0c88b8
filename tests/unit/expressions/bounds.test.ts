import * as data from "@actions/expressions/data/index";
import { format } from "@actions/expressions/funcs/format";
import fc from "fast-check";
import { compilePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";
import { evaluateCondition } from "../../../expressions/condition.js";
import { evaluateTemplate } from "../../../expressions/evaluate.js";
import { ExpressionProblem } from "../../../expressions/problem.js";
import type { Json, JsonObject } from "../../../platform/json.js";

const valueOf = (template: Json, inputs: JsonObject): Json => evaluateTemplate(template, { inputs, stages: {} });

function problemOf(act: () => unknown): ExpressionProblem | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionProblem) return error;
    throw error;
  }
}

const text = "x".repeat(100_000);
const places = "{0}".repeat(6_900);
const deep = Array.from({ length: 2_000 }).reduce<Json>((inner) => [inner], 1);

test.each<[string, string, JsonObject]>([
  ["format", `\${{ format('${places}', inputs.text) }}`, { text: "x".repeat(1_000) }],
  ["join", "${{ join(inputs.list, inputs.text) }}", { text, list: Array<string>(10).fill("a") }],
  ["toJSON of a deep list, mostly indentation", "${{ toJSON(inputs.deep) }}", { deep }],
  ["toJSON of control characters", "${{ toJSON(inputs.text) }}", { text: "\u0001".repeat(100_000) }],
  ["text with expressions in it", "${{ inputs.text }}".repeat(10), { text }],
])("%s makes at most 524288 characters", (_name, template, inputs) => {
  expect(problemOf(() => valueOf(template, inputs))).toMatchObject({
    code: "BAD_EXPRESSION",
    message: expect.stringMatching(/^the text that .* is too long$/),
    facts: { expected: "at most 524288 characters", next: expect.stringContaining("file") },
  });
});

test("a text up to the bound is made", () => {
  const exact = 512 * 1024;
  expect(valueOf("${{ format('{0}{1}', inputs.a, 'b') }}", { a: "x".repeat(exact - 1) })).toHaveLength(exact);
  expect(valueOf("${{ join(inputs.a, '') }}", { a: ["x".repeat(exact - 1), "y"] })).toHaveLength(exact);
});

test.each<[string, Json, JsonObject]>([
  ["long texts in many places", Array<string>(500).fill("${{ format('{0}', inputs.text) }}"), { text }],
  ["one long value in many places", Array<string>(500).fill("${{ inputs.list }}"), { list: Array(40_000).fill("x") }],
  [
    "texts that are compared",
    Array<string>(10).fill(`\${{ ${Array(200).fill("inputs.text == 'y'").join(" || ")} }}`),
    { text },
  ],
  [
    "lists that are searched",
    `\${{ ${Array(500).fill("contains(inputs.list, 'y')").join(" || ")} }}`,
    { list: Array(40_000).fill("x") },
  ],
  ["stars", `\${{ ${Array(500).fill("inputs.list.*.a").join(" && ")} }}`, { list: Array(40_000).fill("x") }],
  [
    "JSON that is read",
    Array<string>(100).fill("${{ fromJSON(inputs.text)[0] }}"),
    { text: `[${"1,".repeat(99_999)}1]` },
  ],
])("what the expressions of one template read and make is bounded: %s", (_name, template, inputs) => {
  expect(problemOf(() => valueOf(template, inputs))).toMatchObject({
    code: "BAD_EXPRESSION",
    message: "the expressions read and produce too much",
  });
});

test("a condition is bounded, too", () => {
  const condition = Array(20).fill("contains(inputs.text, 'y')").join(" || ");
  const needs = { success: true, failure: false };
  expect(problemOf(() => evaluateCondition(condition, { inputs: { text }, stages: {} }, needs))?.message).toBe(
    "the expressions read and produce too much",
  );
});

test("a name behind stars in parentheses is evaluated once, however deep", () => {
  const nested = `${"(".repeat(45)}inputs.list.*${").a".repeat(45)}`;
  expect(valueOf(`\${{ ${nested} }}`, { list: [{ a: 1 }] })).toEqual([]);
  expect(valueOf("${{ ((inputs.list.*).a).*[0] }}", { list: [{ a: [[7]] }] })).toEqual([7]);
});

test("format is that of GitHub Actions", () => {
  const piece = fc.constantFrom("{", "}", "{{", "}}", "{0}", "{1}", "{2}", "{0:x}", "{01}", "{ 0}", "a", "é");
  const called = (act: () => unknown): unknown => {
    try {
      return act();
    } catch {
      return "refused";
    }
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const pattern = pieces.join("");
      const [a, b] = [new data.StringData("A{0}"), new data.NumberData(2)];
      const theirs = called(() => format.call(new data.StringData(pattern), a, b).coerceString());
      expect(called(() => valueOf("${{ format(inputs.p, inputs.a, 2) }}", { p: pattern, a: "A{0}" }))).toBe(theirs);
    }),
    { numRuns: 300 },
  );
});

test("format takes time in proportion to its text", () => {
  expect(valueOf("${{ format(inputs.p) }}", { p: "}}".repeat(250_000) })).toBe("}".repeat(250_000));
});

describe("compilePipeline", () => {
  const errorsOf = async (definition: string, inputs: JsonObject) => {
    const outcome = await compilePipeline({ text: definition, inputs }).catch((error: unknown) => error);
    return outcome instanceof PipelineErrors ? outcome.errors : [];
  };
  const definition = (stages: number, expression: string) =>
    [
      "name: many",
      "inputs: { text: { type: string } }",
      "stages:",
      ...Array.from(
        { length: stages },
        (_, i) => `  s${i}: { uses: dataset, with: { source: { text: "\${{ ${expression} }}" } } }`,
      ),
    ].join("\n");

  test("a definition's expressions share one bound, and one error says so", async () => {
    const errors = await errorsOf(definition(1_000, "format('{0}{0}{0}{0}{0}', inputs.text)"), { text });
    expect(errors).toMatchObject([{ code: "BAD_EXPRESSION", line: expect.any(Number), next: expect.any(String) }]);
    expect(errors[0]!.line).toBeGreaterThan(6);
  });

  test("fifty stages with a long input each are no fault", async () => {
    expect(await errorsOf(definition(50, "inputs.text"), { text })).toEqual([]);
  });
});
