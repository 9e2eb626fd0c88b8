import { validatePipeline } from "../../../compiler/compile.js";
import { type PipelineErrors, offsetInSource } from "../../../compiler/errors.js";
import { durationMs } from "../../../schemas/duration.js";
import { topologicalOrder } from "../../../compiler/references/graph.js";
import { escapeReason } from "../../../platform/containment.js";
import { pointerPath, schemaAt, valueAt } from "../../../compiler/schema/schema.js";
import { readSource } from "../../../compiler/definition/source.js";
import { editDistance, nearest, proposal } from "../../../expressions/nearest.js";

test.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["5m", 300_000],
  ["6h", 21_600_000],
  ["2d", 172_800_000],
])("%s is %d ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test("what is no duration is refused", () => {
  expect(() => durationMs("soon")).toThrow(TypeError);
});

test.each([
  ["abcd", "abcd", 0],
  ["", "abc", 3],
  ["abcd", "abdc", 1],
  ["kitten", "sitting", 3],
  ["Steps", "steps", 0],
])("%s and %s are %d edits apart", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test("nearest proposes what is near, and nothing else", () => {
  expect(nearest("vocabSize", ["train", "vocabularySize", "heldOut"])).toBe("vocabularySize");
  expect(nearest("hedlOut", ["train", "heldOut"])).toBe("heldOut");
  expect(nearest("wramup", ["tokens", "warmupSteps"])).toBe("warmupSteps");
  expect(nearest("wramup", ["warmth", "warmupSteps"])).toBe("warmupSteps");
  expect(nearest("tok", ["text", "tokens", "base"])).toBe("tokens");
  expect(nearest("heldOutBits", ["heldOutLoss", "heldOutBitsPerByte"])).toBe("heldOutBitsPerByte");
  expect(nearest("zebra", ["train", "heldOut", "zebXXSteps"])).toBeUndefined();
  expect(nearest("x".repeat(1000), ["x".repeat(999)])).toBeUndefined();
  expect(proposal("zebra", ["train", "heldOut"], "remove it")).toBe("choose one of those listed");
  expect(proposal("zebra", ["train"], "remove it")).toBe("the only one is train");
  expect(proposal("zebra", [], "remove it")).toBe("remove it");
});

test.each([
  ["a/b.txt", undefined],
  ["a/..b/c", undefined],
  ["./a", undefined],
  ["../a", /goes up/],
  ["a/../../b", /goes up/],
  ["a\\..\\b", /goes up/],
  ["/etc/passwd", /absolute/],
  ["\\\\host\\share", /absolute/],
  ["C:\\a", /absolute/],
  ["~/a", /absolute/],
  ["a\0b", /NUL/],
])("%j leaves its directory: %s", (path, reason) => {
  if (reason === undefined) expect(escapeReason(path)).toBeUndefined();
  else expect(escapeReason(path)).toMatch(reason);
});

test.each([
  ["plain ${{ x }}", "plain ${{ x }}", 10, 10],
  ['"a ${{ x }}"', "a ${{ x }}", 6, 7],
  ['"\\n\\t${{ x }}"', "\n\t${{ x }}", 6, 9],
  ["'it''s ${{ x }}'", "it's ${{ x }}", 9, 11],
  ["|\n  one\n  ${{ x }}", "one\n${{ x }}\n", 8, 14],
  ["'${{ ''a'' == }} b'", "${{ 'a' == }} b", 8, 11],
  ["'${{ a }} ${{ b }}'", "${{ a }} ${{ b }}", 13, 14],
])("%j: character %#", (spelling, value, offset, expected) => {
  expect(offsetInSource(spelling, value, offset)).toBe(expected);
});

test("topologicalOrder keeps the order of appearance among those that are ready", () => {
  const edge = (stage: string, need: string) => ({ stage, need, path: [] });
  expect(topologicalOrder(["d", "c", "b", "a"], [edge("d", "a"), edge("c", "b")])).toEqual(["b", "c", "a", "d"]);
  expect(topologicalOrder(["a", "b", "c"], [edge("a", "b"), edge("b", "a")])).toEqual(["c"]);
});

test("paths lead through schemas and values", () => {
  const schema = { properties: { a: { patternProperties: { ".*": { items: { type: "string" } } } } } };
  expect(schemaAt(schema, ["a", "x", 0])).toEqual({ type: "string" });
  expect(schemaAt(schema, ["b", "x"])).toBeUndefined();
  expect(valueAt({ a: [1, { b: 2 }] }, ["a", 1, "b"])).toBe(2);
  expect(valueAt({ a: 1 }, ["a", "toString"])).toBeUndefined();
  expect(pointerPath("/a/0/b~1c", { a: [{ "b/c": 1 }] })).toEqual(["a", 0, "b/c"]);
});

test("readSource knows where keys and values stand, and the nearest thing around what is not there", () => {
  const text = "a:\n  b: [1, &x two]\nc: *x\n";
  const { source, problems } = readSource(text);
  const at = (path: (string | number)[], what: "key" | "value") => {
    const { start, end } = source!.range(path, what);
    return text.slice(start, end);
  };
  expect(problems).toEqual([]);
  expect(source?.value).toEqual({ a: { b: [1, "two"] }, c: "two" });
  expect([at(["a", "b"], "key"), at(["a", "b", 0], "value"), at(["c"], "value")]).toEqual(["b", "1", "*x"]);
  expect(at(["a", "missing", "deeper"], "value")).toBe("a");
});

test("twenty thousand keys are no burden", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `k${i}:`).join("\n");
  expect(readSource(text).problems).toEqual([]);
});

test("a text with thousands of faults of its YAML is reported with the first twenty, and how many more there are", async () => {
  const text = `name: one\n${"a: [}\n".repeat(5000)}`;
  const failure = await validatePipeline({ text }).catch((error: unknown) => error as PipelineErrors);
  const { errors, message } = failure as PipelineErrors;
  expect(errors).toHaveLength(21);
  expect(errors.at(-1)?.message).toMatch(/\d{4} more errors from here on/);
  expect(message.length).toBeLessThan(20_000);
});
