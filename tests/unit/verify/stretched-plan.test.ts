import { writeFileSync } from "node:fs";
import path from "node:path";
import { stretchedPlan } from "../../../verify/stretched-plan.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

const waits = `
  text: { uses: dataset, with: { source: { generator: { task: chain-sum, problems: 9 } } } }
  tokens: { uses: tokenize, with: { train: ["\${{ stages.text.outputs.train }}"] } }
  base: { uses: pretrain, with: { tokens: "\${{ stages.tokens.outputs.tokens }}" } }
  choices:
    uses: collect-preferences
    with: { model: "\${{ stages.base.outputs.model }}", prompts: ["\${{ stages.text.outputs.train }}"] }
`;
const onGpu = `
  text: { uses: dataset, with: { source: { text: x } }, resources: { gpu: 1 } }
`;

test.each([
  ["waits for people", waits],
  ["requests a GPU", onGpu],
])("a pipeline of which a stage %s is refused before anything starts", async (message, stages) => {
  const file = path.join(directory(), "x.yaml");
  writeFileSync(file, `name: x\nstages:${stages}`);
  await expect(stretchedPlan({ file }, 1, false)).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    message: expect.stringContaining(message),
    facts: { next: expect.any(String) },
  });
});

test("a pipeline that Pawl ships is read in any project", async () => {
  const before = process.cwd();
  process.chdir(directory());
  try {
    expect(await stretchedPlan({ file: "pipelines/sweep.yaml" }, 1, false)).toMatchObject({ name: "sweep" });
  } finally {
    process.chdir(before);
  }
});
