import { parameterCount, parameters, resolveArchitecture } from "../../../lm/model/architecture.js";
import { fromConfig, fromTokenConfigs, toConfig, toGenerationConfig } from "../../../lm/model/hugging-face.js";
import { initialize } from "../../../lm/model/initialize.js";

const settings = { layers: 2, hiddenSize: 64, heads: 4, contextLength: 128, ropeTheta: 10000, tieEmbeddings: true };
const tokens = { endOfText: 5, pad: 7, stop: [6, 5] };

test("what the settings leave open follows from the hiddenSize", () => {
  expect(resolveArchitecture(settings, 100)).toMatchObject({ keyValueHeads: 4, headDim: 16, intermediateSize: 192 });
});

test.each([
  [{ heads: 5 }, "with.architecture"],
  [{ heads: 64 }, "with.architecture"],
  [{ keyValueHeads: 3 }, "with.architecture.keyValueHeads"],
])("%j is refused", (changes, where) => {
  expect(() => resolveArchitecture({ ...settings, ...changes }, 100)).toThrow(
    expect.objectContaining({ code: "OUT_OF_RANGE", facts: expect.objectContaining({ where }) }),
  );
});

test.each([true, false])("config.json says the whole architecture (tied: %s)", (tieEmbeddings) => {
  const architecture = resolveArchitecture({ ...settings, tieEmbeddings, keyValueHeads: 2, headDim: 32 }, 100);
  const config = JSON.parse(JSON.stringify(toConfig(architecture, tokens))) as ReturnType<typeof toConfig>;
  expect(fromConfig(config)).toEqual(architecture);
  expect(fromTokenConfigs(config, toGenerationConfig(tokens))).toEqual(tokens);
});

const windowInOneLayer = {
  use_sliding_window: true,
  sliding_window: 8,
  layer_types: ["sliding_attention", "full_attention"],
};

const layers = [0, 20_000, 1e300].map((num_hidden_layers) => ({ num_hidden_layers }));
test.each([{ model_type: "llama" }, { attention_bias: true }, windowInOneLayer, { hidden_size: "64" }, ...layers])(
  "a config.json with %j is refused",
  (changes) => {
    const config = { ...toConfig(resolveArchitecture(settings, 100), tokens), ...changes };
    expect(() => fromConfig(config)).toThrow(expect.objectContaining({ code: "MODEL_INVALID" }));
  },
);

test.each([
  { attention: "local" as const, window: 8 },
  { attention: "local" as const, window: 8, sinks: 2 },
  { attention: "sparse" as const, window: 64 },
])("config.json says %j, and only what Qwen3 has passes for it", (attention) => {
  const architecture = resolveArchitecture({ ...settings, ...attention }, 100);
  const config = JSON.parse(JSON.stringify(toConfig(architecture, tokens))) as ReturnType<typeof toConfig>;
  expect(fromConfig(config)).toEqual(architecture);
  expect(config["model_type"]).toBe(
    Object.keys(attention).length === 2 && attention.attention === "local" ? "qwen3" : "pawl",
  );
});

test.each([
  [{ attention: "local" as const }, "MISSING_KEY", "window"],
  [{ attention: "local" as const, window: 0 }, "OUT_OF_RANGE", "window"],
  [{ attention: "local" as const, window: 2.5 }, "OUT_OF_RANGE", "window"],
  [{ attention: "local" as const, window: 4, sinks: -1 }, "OUT_OF_RANGE", "sinks"],
  [{ attention: "sparse" as const }, "MISSING_KEY", "window"],
  [{ attention: "sparse" as const, window: 48 }, "OUT_OF_RANGE", "window"],
  [{ attention: "sparse" as const, window: 8, blockSize: 1 }, "OUT_OF_RANGE", "blockSize"],
  [{ attention: "sparse" as const, window: 32, selectedBlocks: 0 }, "OUT_OF_RANGE", "selectedBlocks"],
])("attention %j is refused", (changes, code, field) => {
  expect(() => resolveArchitecture({ ...settings, ...changes }, 100)).toThrow(
    expect.objectContaining({ code, facts: expect.objectContaining({ where: `with.architecture.${field}` }) }),
  );
});

test("a head of its own makes the model larger by the embedding's size", () => {
  const count = (tieEmbeddings: boolean) => parameterCount(resolveArchitecture({ ...settings, tieEmbeddings }, 100));
  expect(count(false) - count(true)).toBe(100 * 64);
});

describe("initial weights", () => {
  const architecture = resolveArchitecture({ ...settings, layers: 8 }, 100);
  const weights = initialize(architecture, 3);

  test("have standard deviation 0.02, residual projections less by 1/sqrt(2·layers); gains are 1", () => {
    for (const { name, role } of parameters(architecture)) {
      const data = Array.from(weights[name]!.data);
      const deviation = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
      if (role === "gain") expect(new Set(data)).toEqual(new Set([1]));
      else expect(deviation / (role === "residual" ? 0.02 / 4 : 0.02)).toBeCloseTo(1, 1);
    }
  });

  test("depend on seed and name alone", () => {
    const fewer = initialize(resolveArchitecture({ ...settings, layers: 2 }, 100), 3);
    const name = "model.layers.1.self_attn.q_proj.weight";
    const first = (from: typeof weights, name: string) => Array.from(from[name]!.data.subarray(0, 8));
    expect(first(fewer, name)).toEqual(first(weights, name));
    expect(first(initialize(architecture, 4), name)).not.toEqual(first(weights, name));
    expect(first(weights, name.replace("1", "0"))).not.toEqual(first(weights, name));
  });
});
