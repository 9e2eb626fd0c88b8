import { compilePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";

interface Parts {
  tokens: string;
  base: string;
  chat: string;
  score: string;
}

const whole: Parts = {
  tokens: "train: ${{ stages.text }}",
  base: "tokens: ${{ stages.tokens }}",
  chat: 'model: ${{ stages.base }}\n      data: ["${{ stages.facts }}", "${{ stages.rules }}"]',
  score: "model: ${{ stages.chat }}\n      text: ${{ stages.text }}\n      questions: ${{ stages.rules }}",
};

function definition(parts: Partial<Parts> = {}): string {
  const { tokens, base, chat, score } = { ...whole, ...parts };
  return `
name: whole
stages:
  text:
    uses: dataset
    with: { source: { text: hello }, heldOut: 0.1 }
  facts:
    uses: dataset
    with: { source: { generator: { task: chain-sum, problems: 10, terms: [2, 2], digits: [1, 1] } }, heldOut: 0.2 }
  rules:
    uses: dataset
    with: { source: { generator: { task: chain-sum, problems: 10, terms: [2, 2], digits: [1, 1] } } }
  tokens:
    uses: tokenize
    with:
      ${tokens}
  base:
    uses: pretrain
    with:
      ${base}
  chat:
    uses: sft
    with:
      ${chat}
  score:
    uses: evaluate
    with:
      ${score}
`;
}

async function settings(parts?: Partial<Parts>) {
  const { plan } = await compilePipeline({ text: definition(parts) });
  return Object.fromEntries(plan.stages.map(({ id, with: given }) => [id, given]));
}

async function errors(parts: Partial<Parts>) {
  const error: unknown = await compilePipeline({ text: definition(parts) }).catch((thrown: unknown) => thrown);
  if (error instanceof PipelineErrors) return error.errors;
  throw new Error("it compiles");
}

const output = (name: string): string => `\${{ stages.${name} }}`;

describe("a stage that is named as a whole", () => {
  test("gives the output of the kind that the setting takes, and its held-out rows for measuring", async () => {
    expect(await settings()).toMatchObject({
      tokens: { train: output("text.outputs.train"), heldOut: [output("text.outputs.heldOut")] },
      base: { tokens: output("tokens.outputs.tokens"), heldOut: output("tokens.outputs.heldOut") },
      chat: {
        model: output("base.outputs.model"),
        data: [output("facts.outputs.train"), output("rules.outputs.train")],
        heldOut: [output("facts.outputs.heldOut")],
      },
      score: { text: output("text.outputs.heldOut"), questions: output("rules.outputs.train") },
    });
  });

  test("gives no held-out rows where others are named, or only its rows to train on", async () => {
    const other = await settings({
      tokens: "train: ${{ stages.text }}\n      heldOut: ${{ stages.rules.outputs.train }}",
    });
    expect(other["tokens"]).toMatchObject({ heldOut: output("rules.outputs.train") });
    const none = await settings({ tokens: "train: ${{ stages.text.outputs.train }}" });
    expect(none["tokens"]).not.toHaveProperty("heldOut");
    expect(none["base"]).not.toHaveProperty("heldOut");
  });

  test("may be an item with a weight, which is not measured", async () => {
    const { chat } = await settings({
      chat: 'model: ${{ stages.base }}\n      data: [{ data: "${{ stages.facts }}", weight: 2 }]',
    });
    expect(chat).toEqual({
      model: output("base.outputs.model"),
      data: [{ data: output("facts.outputs.train"), weight: 2 }],
    });
  });

  test("must have an output of that kind", async () => {
    const [first] = await errors({ base: "tokens: ${{ stages.text }}" });
    expect(first).toMatchObject({ line: 20, column: 15 });
    expect(first!.message).toContain("with.tokens must be an artifact of kind tokens, got stages.text, which has none");
  });

  test("cannot stand where a setting takes no artifact, such as an input of a child pipeline", async () => {
    const [first] = await errors({ base: "tokens: ${{ stages.tokens }}\n      steps: ${{ stages.text }}" });
    expect(first).toMatchObject({
      code: "WRONG_TYPE",
      line: 21,
      next: "name an output: ${{ stages.text.outputs.train }}",
    });
    const child =
      "name: child\ninputs: { rows: { type: object } }\nstages:\n  a: { uses: dataset, with: { source: { text: a } } }\n";
    const text = `${definition()}  child: { uses: ./child.yaml, with: { rows: "\${{ stages.text }}" } }\n`;
    const readDefinition = () => Promise.resolve({ file: "child.yaml", text: child });
    const failed: unknown = await compilePipeline({ text, readDefinition }).catch((thrown: unknown) => thrown);
    expect((failed as PipelineErrors).errors.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("with.rows cannot be a whole stage, got stages.text"),
    );
  });

  test("what is wrong with its held-out rows is reported where it is named", async () => {
    const found = await errors({ chat: "model: ${{ stages.base }}\n      data: ${{ stages.text }}" });
    expect(found.map(({ line, column }) => [line, column])).toContainEqual([25, 13]);
    for (const { message } of found) expect(message).not.toContain("with.heldOut");
  });

  test("stages that name each other in a circle are a circle", async () => {
    const found = await errors({ tokens: "train: ${{ stages.tokens }}" });
    expect(found.length).toBeGreaterThan(0);
  });
});
