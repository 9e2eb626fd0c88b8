import { compileSettings } from "../../../compiler/inputs/ajv.js";

const form = (a: object) => ({ type: "object", properties: { a: { type: "string", ...a } } });

test("a check of settings fills in defaults, and can say what is wrong", async () => {
  const check = await compileSettings(form({ default: "x", maxLength: 2 }));
  const settings: { a?: string } = {};
  expect([check(settings), settings]).toEqual([true, { a: "x" }]);
  expect(check({ a: "xyz" })).toBe(false);
  expect(check.errors).toMatchObject([{ keyword: "maxLength", instancePath: "/a" }]);
});

test.each([
  ["a schema that is none", { type: "thing" }],
  ["an unknown keyword", form({ longest: 2 })],
  ["a pattern that no engine takes", form({ pattern: "(" })],
])("%s is an error of the stage", async (_what, schema) => {
  await expect(compileSettings(schema)).rejects.toMatchObject({ code: "STAGE_INVALID", facts: { where: "with" } });
});

test("a text that is too long for a pattern is an error with a code", async () => {
  const check = await compileSettings(form({ pattern: "(a?){400}b" }));
  expect(() => check({ a: "a".repeat(100_000) })).toThrow(
    expect.objectContaining({ code: "STAGE_INVALID", message: expect.stringContaining("too long") }),
  );
});
