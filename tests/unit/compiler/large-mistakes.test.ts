import { validatePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";

const sound = "name: a\nstages:\n  t:\n    uses: dataset\n    with: { source: { text: x } }\n";

async function errorsOf(text: string): Promise<PipelineErrors> {
  const error: unknown = await validatePipeline({ text, file: "p.yaml" }).then(
    () => new Error("it has no errors"),
    (reason: unknown) => reason,
  );
  if (error instanceof PipelineErrors) return error;
  throw error;
}

test("of 5,000 unknown keys a hundred are reported, and the rest are counted", async () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `key${i}: 1\n`).join("");
  const { errors, message } = await errorsOf(sound + keys);
  expect(errors).toHaveLength(101);
  expect(errors[99]).toMatchObject({ code: "UNKNOWN_KEY", line: 105, message: "key99 is not a known key" });
  expect(errors[100]).toEqual({
    code: "UNKNOWN_KEY",
    file: "p.yaml",
    line: 106,
    column: 1,
    message: "4900 more errors from here on",
    next: "fix the errors above first, then validate again",
    excerpt: "  106 | key100: 1\n      | ^^^^^^",
  });
  expect(message.length).toBeLessThan(100_000);
});

test("a hundred errors are all reported", async () => {
  const { errors } = await errorsOf(sound + Array.from({ length: 100 }, (_, i) => `key${i}: 1\n`).join(""));
  expect(errors.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, i) => 6 + i));
});

test.each([
  ["900 lists in one line", `${"[".repeat(900)}${"]".repeat(900)}`],
  ["50,000 lists in one line", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
  ["50,000 lists that nothing closes", "[".repeat(50_000)],
  ["50,000 maps that nothing closes", "{".repeat(50_000)],
  ["50,000 lists below one another", `\n  ${"- ".repeat(50_000)}b`],
])("%s are too deep, and nothing else", async (_what, value) => {
  const { errors } = await errorsOf(`name: ${value}\n${sound.slice(8)}`);
  expect(errors.filter(({ code }) => code !== "WRONG_TYPE")).toEqual([
    expect.objectContaining({
      code: "YAML_SYNTAX",
      message: "the definition is nested too deeply",
      expected: "at most 64 levels",
      next: "flatten the definition",
    }),
  ]);
});

test.each(["(".repeat(1000) + "true" + ")".repeat(1000), "!".repeat(1000) + "true", `inputs.a${"[0]".repeat(1000)}`])(
  "an expression that is nested too deeply is called so",
  async (expression) => {
    const inputs = "inputs: { a: { type: array, default: [] } }\n";
    const { errors } = await errorsOf(`${inputs}${sound}    if: \${{ ${expression} }}\n`);
    expect(errors[0]).toMatchObject({
      code: "BAD_EXPRESSION",
      expected: "at most 50 levels of brackets and operators",
    });
  },
);

test.each(["contains(inputs.a, '{{x}}')", "${{ contains(inputs.a, '${{ x }}') }}", "inputs.a != 'it''s {{' && true"])(
  "braces inside a text of `if` are text: %s",
  async (condition) => {
    const inputs = "inputs: { a: { type: string, default: x } }\n";
    const text = `${inputs}${sound}    if: ${JSON.stringify(condition)}\n`;
    expect(await validatePipeline({ text, file: "p.yaml" })).toMatchObject({ name: "a" });
  },
);
