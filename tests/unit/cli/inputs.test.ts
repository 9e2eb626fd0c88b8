import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseChanges } from "../../../api/definitions/assignments.js";
import { readInputs, typedValue } from "../../../cli/inputs.js";
import { newRunId } from "../../../api/acting/run-id.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

test.each([
  ["3", { type: "integer" }, 3],
  ["3", { type: "string" }, "3"],
  ["true", { type: "string" }, "true"],
  ["true", { type: "boolean" }, true],
  ["1e-3", { type: "number" }, 0.001],
  ["big", { type: "number" }, "big"],
  ["[1, 2]", { type: "array" }, [1, 2]],
  ["{a: 1}", { type: "object" }, { a: 1 }],
  ["null", { type: ["string", "null"] }, null],
  ["7", { type: ["string", "integer"] }, 7],
  ["7 cats", { type: ["string", "integer"] }, "7 cats"],
  ["2", { enum: [1, 2] }, 2],
  ["b", { enum: ["a", "b"] }, "b"],
  ["null", { enum: ["small", null] }, null],
  ["false", { enum: ["small", false] }, false],
  ["null", { enum: ["small", "null"] }, "null"],
  ["7", {}, 7],
  ["a: b: c", { type: "array" }, "a: b: c"],
  ["", { type: "string" }, ""],
])("the value %j of an input %j is %j", (text, schema, value) => {
  expect(typedValue(text, schema)).toEqual(value);
});

const definition = "inputs:\n  n: { type: integer }\n  s: { type: string }\n";

test("values of the file, then those given one by one", async () => {
  const file = path.join(directory(), "inputs.json");
  writeFileSync(file, '{"n": 1, "s": "x"}');
  expect(await readInputs({ input: ["s=1=2", "unknown=5"], inputs: file }, definition)).toEqual({
    n: 1,
    s: "1=2",
    unknown: 5,
  });
});

test("errors in the given inputs are reported, with what to do", async () => {
  const file = path.join(directory(), "inputs.json");
  await expect(readInputs({ input: [], inputs: file }, "")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  writeFileSync(file, "{");
  await expect(readInputs({ input: [], inputs: file }, "")).rejects.toMatchObject({
    code: "INPUT_INVALID",
    facts: { where: file },
  });
  writeFileSync(file, '{"n": 1e999}');
  await expect(readInputs({ input: [], inputs: file }, "")).rejects.toMatchObject({ code: "INPUT_INVALID" });
  writeFileSync(file, '{"n": 1, "n": 2}');
  await expect(readInputs({ input: [], inputs: file }, "")).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: "the key n appears twice",
  });
  writeFileSync(file, "[1]");
  await expect(readInputs({ input: [], inputs: file }, "")).rejects.toMatchObject({ code: "INPUT_INVALID" });
  await expect(readInputs({ input: ["n"] }, definition)).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { next: "write --input n=…" },
  });
});

test("the inputs of a definition with many aliases are known", async () => {
  const stages = Array.from({ length: 150 }, (_, i) => `  s${i}: { uses: dataset, timeout: *t }\n`);
  const text = `defaults: { timeout: &t 5m }\n${definition}stages:\n${stages.join("")}`;
  expect(await readInputs({ input: ["s=007"] }, text)).toEqual({ s: "007" });
});

test("a definition that is not YAML leaves values as YAML reads them", async () => {
  expect(await readInputs({ input: ["n=3"] }, "inputs: [")).toEqual({ n: 3 });
});

test("--set with.a.b=value becomes a change of `with`", () => {
  expect(parseChanges([])).toBeUndefined();
  expect(
    parseChanges(["with.learningRate=0.1", "with.architecture.layers=2", "with.architecture.hiddenSize=8"]),
  ).toEqual({
    learningRate: 0.1,
    architecture: { layers: 2, hiddenSize: 8 },
  });
  expect(() => parseChanges(["lr=0.1"])).toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ next: "write --set with.lr=0.1" }) }),
  );
  expect(() => parseChanges(["with=1"])).toThrow("does not name a setting");
});

test.each([
  ["with.gradientClip=.inf", "not finite"],
  ["with.weights=[1, .nan]", "not finite"],
  ["with.needle={ at: -.inf }", "not finite"],
  ["with.limit=", "has no value"],
  ["with.limit=  ", "has no value"],
  ["with.limit=# none", "has no value"],
  ["with.__proto__.x=1", "does not name a setting"],
  ["with.a.constructor.prototype.x=1", "does not name a setting"],
  ["with.prototype=1", "does not name a setting"],
])("--set %s is refused: it would remove the setting, or change none", (assignment, message) => {
  expect(() => parseChanges([assignment])).toThrow(
    expect.objectContaining({ code: "NOT_ALLOWED", message: expect.stringContaining(message) }),
  );
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test.each(["null", "~", "NULL"])("--set with.limit=%s removes the setting", (value) => {
  expect(parseChanges([`with.limit=${value}`])).toEqual({ limit: null });
});

test("--set takes an empty text, and names that only JavaScript's objects have", () => {
  expect(parseChanges(['with.text=""', "with.toString.x=1"])).toEqual({ text: "", toString: { x: 1 } });
});

test("an input that JSON cannot hold is refused", async () => {
  await expect(readInputs({ input: ["x=.inf"] }, "")).rejects.toMatchObject({ code: "INPUT_INVALID" });
  expect(await readInputs({ input: ["s=.inf"] }, definition)).toEqual({ s: ".inf" });
});

test("an input named as what objects inherit is an input like others", async () => {
  const values = await readInputs({ input: ["__proto__={x: 1}", "constructor=2"] }, definition);
  expect(Object.keys(values)).toEqual(["__proto__", "constructor"]);
  expect(values["x"]).toBeUndefined();
});

test("a run's id is the pipeline's name and six characters, new each time", () => {
  expect(newRunId("tiny-llm")).toMatch(/^tiny-llm-[2-9a-hjkmnp-z]{6}$/);
  expect(newRunId("Tiny LLM!")).toMatch(/^tiny-llm-.{6}$/);
  expect(new Set(Array.from({ length: 50 }, () => newRunId("x"))).size).toBe(50);
});
