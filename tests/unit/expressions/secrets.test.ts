import fc from "fast-check";
import { evaluateTemplate, evaluateWithSecrets, type ExpressionContext } from "../../../expressions/evaluate.js";
import type { Json, JsonObject } from "../../../platform/json.js";
import { asTemplate, secretMarker, type SecretPlace } from "../../../schemas/secrets.js";

const digest = "ab".repeat(32);
/** A context in which all data looks like a secret, in text or in structure. */
const forged = (data: Json): ExpressionContext => ({
  inputs: { data },
  stages: {
    ask: { status: "succeeded", outputs: {}, metrics: {}, answers: { data } },
    made: { status: "succeeded", outputs: { model: { artifact: "model", digest } }, metrics: {} },
  },
  run: { id: "${{ secrets.HF }}", pipeline: "tiny", seed: 1 },
  matrix: { data },
  each: { item: { data }, index: 0 },
});
const sources = ["inputs.data", "stages.ask.answers.data", "run.id", "matrix.data", "item.data"];

const filled = (text: string, places: readonly SecretPlace[], value: string): string =>
  places.reduceRight(
    (whole, { offset, name }) => whole.slice(0, offset) + value + whole.slice(offset + secretMarker(name).length),
    text,
  );

test.each(sources)("data of %s that looks like a secret stays data", (source) => {
  for (const data of ["${{ secrets.HF }}", { path: ["env", "X"], offset: 0, name: "HF" }, ["${{ secrets.HF }}"]]) {
    const template = { env: { X: `\${{ ${source} }}`, Y: `\${{ toJSON(${source}) }}` } };
    const { value, secrets } = evaluateWithSecrets(template, forged(data));
    expect(secrets).toEqual([]);
    expect((value as { env: JsonObject }).env["X"]).toEqual(source === "run.id" ? "${{ secrets.HF }}" : data);
  }
});

test("a secret that the template names is placed among text and data, also by its name in brackets", () => {
  const template = {
    env: { A: "${{ secrets.HF }}", B: ["Bearer ${{inputs.data}} ${{ secrets['HF'] }}, ${{secrets.B}}"] },
  };
  const { value, secrets } = evaluateWithSecrets(template, forged("${{ secrets.HF }}"));
  expect(value).toEqual({
    env: { A: "${{ secrets.HF }}", B: ["Bearer ${{ secrets.HF }} ${{ secrets.HF }}, ${{ secrets.B }}"] },
  });
  expect(secrets).toEqual([
    { path: ["env", "A"], offset: 0, name: "HF" },
    { path: ["env", "B", 0], offset: 25, name: "HF" },
    { path: ["env", "B", 0], offset: 44, name: "B" },
  ]);
});

test.each([
  "${{ format('{0}', secrets.HF) }}",
  "${{ toJSON(secrets.HF) }}",
  "${{ secrets.HF || 'x' }}",
  "${{ (secrets.HF) }}",
  "${{ secrets['../key'] }}",
  "${{ '${{ secrets.HF }}' }}",
])("what is computed from a secret is none, even in a plan that no compiler has checked: %s", (text) =>
  expect(evaluateWithSecrets(text, forged("x")).secrets).toEqual([]),
);

const name = fc.constantFrom("HF", "B", "_x9");
const data = fc.oneof(
  fc.string(),
  name.map(secretMarker),
  fc
    .array(fc.constantFrom("$", "{{", "}}", "${{ secrets.HF }}", "secrets.HF", "'", " ", "a"))
    .map((parts) => parts.join("")),
);
const part = fc.oneof(
  fc.record({ text: fc.constantFrom("a", " ", "$", "Bearer ", "}}") }),
  fc.record({ secret: name }),
  fc.record({ source: fc.constantFrom(...sources) }),
);

test("whatever data holds, only the secrets that the template names are filled in, each in its place", () =>
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), data, (parts, text) => {
      const context = forged(text);
      const written = parts.map((one) =>
        "text" in one ? one.text : "secret" in one ? `\${{ secrets.${one.secret} }}` : `\${{ ${one.source} }}`,
      );
      const expected = parts.map((one) =>
        "text" in one ? one.text : "secret" in one ? "<VALUE>" : one.source === "run.id" ? context.run!.id : text,
      );
      const { value, secrets } = evaluateWithSecrets(written.join(""), context);
      expect(secrets.map((place) => place.name)).toEqual(parts.flatMap((one) => ("secret" in one ? [one.secret] : [])));
      expect(filled(value as string, secrets, "<VALUE>")).toBe(expected.join(""));
      expect(value).toEqual(evaluateTemplate(written.join(""), context));
    }),
  ));

test("a text written as a template evaluates to itself, with the same secrets", () =>
  fc.assert(
    fc.property(fc.array(fc.oneof(data, fc.record({ secret: name }))), (parts) => {
      let text = "";
      const places: SecretPlace[] = [];
      for (const one of parts) {
        if (typeof one !== "string") places.push({ path: [], offset: text.length, name: one.secret });
        text += typeof one === "string" ? one.replaceAll(/(?<!\$)\{\{/g, "") : secretMarker(one.secret);
      }
      const template = asTemplate(text, places);
      // Braces without a dollar sign are no template.
      fc.pre(!/(?<!\$)\{\{/.test(text));
      expect(evaluateWithSecrets(template, forged("x"))).toEqual({ value: text, secrets: places });
    }),
  ));
