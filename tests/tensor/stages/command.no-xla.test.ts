import { loadTensorFlow } from "../support.js";
import { makeData, runStage, stageContext, tinyPretraining } from "./support.js";
beforeAll(loadTensorFlow);

test("a directory that a program writes as a model is that model; other files in it are left out", async () => {
  const context = stageContext();
  const { tokens } = await makeData(context);
  const { outputs } = await runStage("pretrain", { tokens, ...tinyPretraining }, context);
  const settings = {
    shell: true,
    run: 'cp -rL "$PAWL_INPUTS/model" "$PAWL_OUTPUTS/copy"; rm "$PAWL_OUTPUTS/copy/manifest.json"; echo > "$PAWL_OUTPUTS/copy/notes"',
    inputs: { model: outputs.model },
    outputs: { copy: { kind: "model" as const } },
  };
  const copied = await runStage("command", settings, context);
  expect(copied).toEqual({ outputs: { copy: outputs.model }, metrics: { leftOut: 1 } });
  context.remove();
});
