import fc from "fast-check";
import { conditionSource, evaluateCondition, needsStatus, parseCondition } from "../../../expressions/condition.js";
import { evaluateTemplate, type ExpressionContext } from "../../../expressions/evaluate.js";
import { ExpressionProblem } from "../../../expressions/problem.js";
import { references } from "../../../expressions/references.js";
import { parseTemplate } from "../../../expressions/template.js";
import type { Json } from "../../../platform/json.js";
import type { StageStatus } from "../../../schemas/run.js";
import { codePoint } from "../../support/text.js";

const digest = "ab".repeat(32);
const context: ExpressionContext = {
  inputs: {
    lr: 1e-20,
    n: 3,
    name: "Moby",
    list: [1, 2],
    deep: { a: { b: "x" }, constructor: 7 },
    Case: 1,
    case: 2,
    none: null,
    off: false,
  },
  stages: {
    "my-stage": { status: "succeeded", outputs: { model: { artifact: "model", digest } }, metrics: { loss: 1.5 } },
    failed: { status: "failed", outputs: {}, metrics: {} },
  },
  run: { id: "r1", pipeline: "tiny", seed: 7 },
};
const value = (text: string) => evaluateTemplate(text, context);
const problem = (act: () => unknown): ExpressionProblem => {
  try {
    act();
  } catch (error) {
    if (error instanceof ExpressionProblem) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("evaluateTemplate", () => {
  test.each<[string, Json]>([
    ["${{ inputs.n }}", 3],
    ["  ${{ inputs.n }}", "  3"],
    ["${{ inputs.list }}", [1, 2]],
    ["${{ inputs.list[1] }}", 2],
    ["${{ inputs['name'] }}", "Moby"],
    ["${{ inputs.none }}", null],
    ["${{ inputs.off }}", false],
    ["n=${{ inputs.n }} ${{inputs.name}}!", "n=3 Moby!"],
    ["${{ stages.my-stage.outputs.model }}", { artifact: "model", digest }],
    ["${{ stages.my-stage.metrics.loss < 2 }}", true],
    ["${{ stages['my-stage'].status }}", "succeeded"],
    ["${{ run.id }}/${{ run.seed }}", "r1/7"],
    ["${{ 'a }} b' }}", "a }} b"],
    ["${{ '{{' }}", "{{"],
    ["${{ 'it''s ''x''' }}", "it's 'x'"],
    ["${{ format('{0}-{1}', inputs.name, inputs.n) }}", "Moby-3"],
    ["${{ contains(inputs.list, 2) && 'yes' || 'no' }}", "yes"],
    ["${{ fromJSON('{\"a\":[1,null]}').a[0] }}", 1],
    ["${{ toJSON(inputs.list) }}", "[\n  1,\n  2\n]"],
    ["no braces", "no braces"],
    ["cost $5 }}", "cost $5 }}"],
  ])("%s", (template, expected) => {
    expect(value(template)).toEqual(expected);
  });

  test("numbers are written out exactly, which the engine alone does not do", () => {
    expect(value("lr ${{ inputs.lr }}")).toBe("lr 1e-20");
    expect(value("${{ format('{0}', inputs.lr) }}")).toBe("1e-20");
    expect(value("lr ${{ 1e-20 }}")).toBe("lr 1e-20");
  });

  test("names are exact: case matters, and `constructor` is a key like any other", () => {
    expect(value("${{ inputs.Case }}${{ inputs.case }}")).toBe("12");
    expect(value("${{ inputs.deep.constructor }}")).toBe(7);
    expect(problem(() => value("${{ INPUTS.n }}")).code).toBe("BAD_EXPRESSION");
    expect(problem(() => value("${{ inputs.N }}"))).toMatchObject({
      code: "UNKNOWN_REFERENCE",
      facts: { next: "write n" },
    });
    expect(problem(() => value("${{ inputs.toString }}")).code).toBe("UNKNOWN_REFERENCE");
  });

  test("comparison of text ignores case, as in GitHub Actions", () => {
    expect(value("${{ inputs.name == 'MOBY' }}")).toBe(true);
  });

  test("what a stage did not leave is null", () => {
    expect(value("${{ stages.failed.outputs.model }}")).toBeNull();
    expect(value("${{ stages.failed.metrics.loss }}")).toBeNull();
    expect(problem(() => value("${{ stages.absent.status }}")).code).toBe("UNKNOWN_REFERENCE");
  });

  test.each([
    ["an object in text", "x ${{ inputs.deep }}", "an object cannot be inserted into text"],
    ["not a number", "${{ fromJSON('NaN') }}", /JSON/],
    ["infinite", "${{ Infinity }}", /finite/],
    ["past the end", "${{ inputs.list[2] }}", /there is no 2/],
    ["a member of text", "${{ inputs.name.first }}", /there is no first/],
  ])("%s is an error", (_name, template, message) => {
    expect(problem(() => value(template)).message).toMatch(message);
  });

  test("walks arrays and objects, and leaves keys alone", () => {
    expect(evaluateTemplate({ "${{ x }}": ["${{ inputs.n }}", { a: "${{ inputs.name }}" }], b: 1 }, context)).toEqual({
      "${{ x }}": [3, { a: "Moby" }],
      b: 1,
    });
  });

  test("JSON without expressions evaluates to itself", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: codePoint }), (json) => {
        fc.pre(!JSON.stringify(json).includes("{{"));
        const plain = JSON.parse(JSON.stringify(json)) as Json;
        expect(evaluateTemplate(plain, context)).toEqual(plain);
      }),
    );
  });

  test("any input comes back from its own expression unchanged", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const plain = JSON.parse(JSON.stringify(json)) as Json;
        expect(evaluateTemplate("${{ inputs.x }}", { inputs: { x: plain }, stages: {} })).toEqual(plain);
      }),
    );
  });
});

describe("parseTemplate", () => {
  test.each([
    ["a ${{ inputs.n", "BAD_EXPRESSION", 2, "the expression is not closed"],
    ["${{ }}", "BAD_EXPRESSION", 3, "the expression is empty"],
    ["${{ inputs. }}", "BAD_EXPRESSION", 11, "the expression ends too early"],
    ["${{ inputs.a inputs.b }}", "BAD_EXPRESSION", 13, "unexpected symbol: 'inputs'"],
    ['${{ "text" }}', "BAD_EXPRESSION", 4, 'unexpected symbol "text"'],
    ["${{ inputs.n+1 }}", "BAD_EXPRESSION", 11, /unexpected symbol/],
    ["${{ 2*3 }}", "BAD_EXPRESSION", 4, /unexpected symbol/],
    ["${{ inputs.n = 3 }}", "BAD_EXPRESSION", 13, "unexpected symbol ="],
    ["${{ github.x }}", "BAD_EXPRESSION", 4, "unknown name github"],
    ["${{ constructor() }}", "BAD_EXPRESSION", 4, "unknown function constructor"],
    ["${{ success() }}", "BAD_EXPRESSION", 4, "unknown function success"],
    ["${{ contains(inputs.n) }}", "BAD_EXPRESSION", 4, /too few parameters/],
    ["${{ 'it }}", "BAD_EXPRESSION", 0, "the expression is not closed"],
    ["a {{ x }} b", "BARE_BRACES", 2, /dollar/],
  ])("%s", (text, code, offset, message) => {
    const found = problem(() => parseTemplate(text));
    expect(found.message).toMatch(message);
    expect([found.code, found.offset]).toEqual([code, offset]);
    expect(found.facts.next).toBeTruthy();
  });

  test("a bare {{ }} shows the right spelling", () => {
    expect(problem(() => parseTemplate("{{inputs.lr}}")).facts.expected).toBe("${{ inputs.lr }}");
  });

  test("any text parses, or is refused at a place inside it", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("${{", "}}", "{{", "'", "inputs.", "stages.a", "(", ")", "[", "]", "*", " && ", "!", "1e5", "\n"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        try {
          references(text);
        } catch (error) {
          if (!(error instanceof ExpressionProblem)) throw error;
          expect(error.offset).toBeGreaterThanOrEqual(0);
          expect(error.offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("references", () => {
  test("finds inputs, outputs, metrics, stages and run facts with their places", () => {
    const found = references({
      a: "x ${{ inputs.lr }} ${{ stages.my-stage.outputs.model }}",
      b: ["${{ stages['b c'].metrics.loss < inputs.o.p[0] && run.seed }}"],
      c: "${{ toJSON(stages.d) }}${{ contains(stages.e.outputs, inputs[inputs.k]) }}",
    });
    expect(found.map(({ path, ...reference }) => [path.join("."), reference])).toEqual([
      ["a", { kind: "input", name: "lr", rest: [], text: "inputs.lr", offset: 6, length: 9 }],
      [
        "a",
        {
          kind: "output",
          stage: "my-stage",
          name: "model",
          further: 0,
          text: "stages.my-stage.outputs.model",
          offset: 23,
          length: 29,
        },
      ],
      [
        "b.0",
        {
          kind: "metric",
          stage: "b c",
          name: "loss",
          further: 0,
          text: "stages['b c'].metrics.loss",
          offset: 4,
          length: 26,
        },
      ],
      ["b.0", { kind: "input", name: "o", rest: ["p", "0"], text: "inputs.o.p[0]", offset: 33, length: 13 }],
      ["b.0", { kind: "run", name: "seed", text: "run.seed", offset: 50, length: 8 }],
      ["c", { kind: "stage", stage: "d", text: "stages.d", offset: 11, length: 8 }],
      ["c", { kind: "stage", stage: "e", member: "outputs", text: "stages.e.outputs", offset: 36, length: 16 }],
      ["c", { kind: "input", name: "k", rest: [], text: "inputs.k", offset: 61, length: 8 }],
    ]);
  });

  test.each(["${{ toJSON(stages) }}", "${{ stages[inputs.x].status }}", "${{ stages.*.outputs }}"])(
    "%s is refused: what is waited for must be known",
    (text) => {
      expect(problem(() => references(text)).message).toMatch(/does not name one stage/);
    },
  );
});

describe("evaluateCondition", () => {
  const good = { success: true, failure: false };
  const bad = { success: false, failure: true };
  test.each<[string | undefined, typeof good, boolean]>([
    [undefined, good, true],
    [undefined, bad, false],
    ["inputs.n > 2", good, true],
    ["${{ inputs.n > 2 }}", good, true],
    ["inputs.n > 2", bad, false],
    ["always() && inputs.n > 2", bad, true],
    ["always() && inputs.n > 3", bad, false],
    ["failure()", bad, true],
    ["failure()", good, false],
    ["!success()", bad, true],
    ["'always()' == 'x'", bad, false],
    ["false", good, false],
    ["inputs.none", good, false],
    ["always() && stages.failed.metrics.loss < 1", bad, true],
  ])("%s when needs are %o: %s", (text, needs, expected) => {
    expect(evaluateCondition(text, context, needs)).toBe(expected);
  });

  test("null counts as 0 in a comparison, so a missing metric is asked for by name", () => {
    expect(evaluateCondition("always() && stages.failed.metrics.loss && true", context, bad)).toBe(false);
  });

  test.each([
    ["${{ inputs.n }} == 3", "BAD_EXPRESSION", 0],
    ["{{ inputs.n }}", "BARE_BRACES", 0],
    ["${{ inputs.n > }}", "BAD_EXPRESSION", 14],
    ["inputs.n > > 3", "BAD_EXPRESSION", 11],
    ["", "BAD_EXPRESSION", 0],
  ])("%s is refused", (text, code, offset) => {
    const found = problem(() => parseCondition(text));
    expect([found.code, found.offset]).toEqual([code, offset]);
  });

  test.each([
    ["contains(inputs.text, '{{x}}')", true],
    ["${{ contains(inputs.text, '{{x}}') }}", true],
    ["${{ inputs.text == '${{ x }}' }}", false],
    ["inputs.text != 'it''s }} {{' && true", true],
  ])("braces inside a text are text: %s", (condition, holds) => {
    const inputs = { text: "a {{x}} b" };
    const good = { success: true, failure: false };
    expect(evaluateCondition(condition, { ...context, inputs }, good)).toBe(holds);
    // A plan keeps the source, and workers parse it again.
    expect(evaluateCondition(conditionSource(condition), { ...context, inputs }, good)).toBe(holds);
  });

  test("braces beside a text are code", () => {
    expect(problem(() => parseCondition("inputs.a == '{{' + {{ x }}")).offset).toBe(19);
    expect(problem(() => parseCondition("'a' == ${{ inputs.a }}")).offset).toBe(7);
  });

  test("conditionSource takes the braces away", () => {
    expect(conditionSource("${{ inputs.n > 2 }}")).toBe("inputs.n > 2");
    expect(conditionSource(" inputs.n > 2")).toBe("inputs.n > 2");
  });
});

test("needsStatus: success looks at direct needs, failure at all before", () => {
  const needs: Record<string, string[]> = { a: [], b: ["a"], c: ["b"], d: [] };
  const ended = (stage: string, status: Record<string, StageStatus>) =>
    needsStatus(
      stage,
      (id) => needs[id]!,
      (id) => status[id],
    );
  expect(ended("c", { a: "failed", b: "skipped", d: "succeeded" })).toEqual({ success: false, failure: true });
  expect(ended("b", { a: "cached" })).toEqual({ success: true, failure: false });
  expect(ended("d", { a: "failed" })).toEqual({ success: true, failure: false });
});

describe("lists", () => {
  const list = Array.from({ length: 200_000 }, (_, i) => i % 10);
  it.each([
    ["${{ inputs.list }}", list],
    ["${{ fromJSON(inputs.text) }}", list],
    ["${{ join(inputs.list, '') }}", list.join("")],
    ["${{ inputs.list[199999] }}", 9],
  ])("may be long: %s", (template, value) => {
    const inputs = { list, text: JSON.stringify(list) };
    expect(evaluateTemplate(template, { inputs, stages: {} })).toEqual(value);
  });
});
