import { checkAnswers } from "../../../compiler/inputs/check-answers.js";

const form = { version: { type: "string" }, count: { type: "integer", minimum: 1, default: 3 } };

test("what a person fills in is checked, and defaults are filled in", async () => {
  expect(await checkAnswers({ stage: "a", form, answers: { version: "1" } })).toEqual({ version: "1", count: 3 });
  expect(await checkAnswers({ stage: "a", form: {}, answers: {} })).toEqual({});
});

test.each([
  [{}, /version has no default and is not set/],
  [{ version: 1 }, /version .*must be string/],
  [{ version: "1", count: 0 }, /count .*must be >= 1/],
  [{ version: "1", other: 1 }, /the form has no input other/],
])("%j does not fit the form", async (answers, message) => {
  await expect(checkAnswers({ stage: "a", form, answers })).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringMatching(message),
    facts: { where: "stages.a", expected: expect.stringContaining("version, count") },
  });
});
