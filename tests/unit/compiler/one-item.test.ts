import { compilePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";
import { checkWith } from "../../../compiler/inputs/check-with.js";

const digest = "0".repeat(64);
const rows = { artifact: "dataset", digest };
const model = { artifact: "model", digest };

function definition(data: string): string {
  return `
name: single
inputs:
  file: { type: string, default: a.txt }
stages:
  text:
    uses: dataset
    with: { source: { text: hello } }
  tokens:
    uses: tokenize
    with:
      train: \${{ stages.text.outputs.train }}
  base:
    uses: pretrain
    with: { tokens: "\${{ stages.tokens.outputs.tokens }}", steps: 1, warmupSteps: 0 }
  chat:
    uses: sft
    with:
      model: \${{ stages.base.outputs.model }}
      data: ${data}
  samples:
    uses: generate
    with: { model: "\${{ stages.chat.outputs.model }}", prompts: Call me }
`;
}

const problems = async (data: string): Promise<PipelineErrors> => {
  const error: unknown = await compilePipeline({ text: definition(data) }).catch((thrown: unknown) => thrown);
  if (error instanceof PipelineErrors) return error;
  throw new Error("it compiles");
};

describe("one item stands where a list may stand", () => {
  test.each(["${{ stages.text.outputs.train }}", '{ data: "${{ stages.text.outputs.train }}", weight: 2 }'])(
    "%s compiles",
    async (data) => {
      const { plan } = await compilePipeline({ text: definition(data) });
      expect(plan.stages.map(({ id }) => id)).toEqual(["text", "tokens", "base", "chat", "samples"]);
    },
  );

  test("a stage gets the list, so that its key is that of the list", () => {
    expect(checkWith("sft", { model, data: rows })).toEqual(checkWith("sft", { model, data: [rows] }));
    expect(checkWith("generate", { model, prompts: "Call me" })).toMatchObject({ prompts: ["Call me"] });
    expect(checkWith("tokenize", { train: rows })).toMatchObject({ train: [rows] });
  });

  test("a list of pairs and a value of another type are no item", () => {
    expect(() => checkWith("generate", { model, prompts: 5 })).toThrow("with.prompts must be array, got 5");
    expect(() => checkWith("tokenize", { train: null })).toThrow("with.train must be");
  });

  test("what is wrong with it is reported at its place", async () => {
    const { errors } = await problems("${{ stages.base.outputs.model }}");
    expect(errors).toMatchObject([{ code: "WRONG_ARTIFACT", line: 20, column: 13 }]);
    expect(errors[0]!.message).toContain(
      "with.data must be an artifact of kind dataset, got stages.base.outputs.model",
    );
    const weight = await problems('{ data: "${{ stages.text.outputs.train }}", weight: -1 }');
    expect(weight.errors).toMatchObject([{ code: "OUT_OF_RANGE", line: 20, column: 65 }]);
  });
});
