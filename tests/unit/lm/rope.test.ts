import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { fromConfig, toConfig } from "../../../lm/model/hugging-face.js";
import { ntkTheta, ropeAmplitude, ropeFrequencies, rotationTables, type RopeScaling } from "../../../lm/model/rope.js";
import type { JsonObject } from "../../../platform/json.js";
import rope from "../../fixtures/rope.json" with { type: "json" };

const settings = { layers: 2, hiddenSize: 64, heads: 4, contextLength: 128, ropeTheta: 10000, tieEmbeddings: true };
const tokens = { endOfText: 5, pad: 7, stop: [6, 5] };

test.each(rope.cases)(
  "transformers has the same angles: $type × $factor, theta $theta, heads of $headDim",
  ({ type, headDim, theta, originalContextLength, factor, frequencies, amplitude }) => {
    const scaling = type === "ntk" ? undefined : { type: type as RopeScaling["type"], factor, originalContextLength };
    const ours = ropeFrequencies(headDim, type === "ntk" ? ntkTheta(theta, headDim, factor) : theta, scaling);
    expect(ours).toHaveLength(frequencies.length);
    // Theirs are in single precision.
    ours.forEach((value, i) => expect(Math.abs(value / frequencies[i]! - 1)).toBeLessThan(3e-6));
    expect(ropeAmplitude(scaling)).toBeCloseTo(amplitude, 12);
  },
);

test("without scaling the tables are what they were, bit for bit", () => {
  const { cos, sin } = rotationTables(40, 8, 10000);
  for (let position = 0; position < 40; position++)
    for (let i = 0; i < 8; i++) {
      const angle = position * 10000 ** (-(2 * (i % 4)) / 8);
      expect(cos[position * 8 + i]).toBe(Math.fround(Math.cos(angle)));
      expect(sin[position * 8 + i]).toBe(Math.fround(Math.sin(angle)));
    }
});

test("a factor of 1 changes no angle", () => {
  const plain = rotationTables(40, 8, 10000);
  for (const type of ["linear", "yarn"] as const)
    expect(rotationTables(40, 8, 10000, { type, factor: 1, originalContextLength: 40 })).toEqual(plain);
  expect(ntkTheta(10000, 8, 1)).toBe(10000);
});

describe("in the architecture", () => {
  const scaled = (type: "linear" | "ntk" | "yarn", changes: object = {}) =>
    resolveArchitecture(
      { ...settings, contextLength: 512, ropeScaling: { type, factor: 4, originalContextLength: 128 }, ...changes },
      100,
    );

  test.each(["linear", "yarn"] as const)(
    "config.json says it for transformers 5 and 4, and is read again: %s",
    (type) => {
      const config = JSON.parse(JSON.stringify(toConfig(scaled(type), tokens))) as JsonObject;
      const original = type === "yarn" ? { original_max_position_embeddings: 128 } : {};
      const said = { rope_theta: 10000, rope_type: type, factor: 4, ...original };
      expect(config).toMatchObject({ rope_parameters: said, rope_scaling: said, max_position_embeddings: 512 });
      expect(fromConfig(config)).toEqual(scaled(type));
      const { rope_parameters: _, ...old } = config;
      expect(fromConfig(old)).toEqual(scaled(type));
    },
  );

  test("ntk is a larger theta, in config.json too", () => {
    const architecture = scaled("ntk");
    expect(architecture).toEqual({ ...scaled("linear"), ropeTheta: 10000 * 4 ** (16 / 14), ropeScaling: undefined });
    expect(fromConfig(toConfig(architecture, tokens))).toEqual(architecture);
    expect(toConfig(architecture, tokens)).not.toHaveProperty("rope_scaling");
  });

  test.each(["linear", "ntk", "yarn"] as const)(
    "a context beyond factor · originalContextLength is refused: %s",
    (type) => {
      expect(() => scaled(type, { contextLength: 513 })).toThrow(
        expect.objectContaining({
          code: "CONTEXT_EXCEEDED",
          facts: expect.objectContaining({ where: "with.architecture.contextLength", got: "513" }),
        }),
      );
    },
  );

  test("ntk has nothing to scale in heads of hiddenSize 2", () => {
    expect(() => scaled("ntk", { headDim: 2 })).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
  });

  test("a config.json whose context is longer than its scaling allows is refused", () => {
    const config = { ...toConfig(scaled("yarn"), tokens), max_position_embeddings: 600 };
    expect(() => fromConfig(config)).toThrow(expect.objectContaining({ code: "CONTEXT_EXCEEDED" }));
  });

  test.each([
    { rope_type: "llama3", factor: 4 },
    { rope_type: "dynamic", factor: 4 },
    { rope_type: "yarn" },
    { rope_type: "yarn", factor: 4, attention_factor: 1 },
    { rope_type: "yarn", factor: 4, beta_fast: 16 },
  ])("a config.json with %j is refused", (said) => {
    const config = { ...toConfig(resolveArchitecture(settings, 100), tokens), rope_parameters: said };
    expect(() => fromConfig(config)).toThrow(expect.objectContaining({ code: "MODEL_INVALID" }));
  });
});
