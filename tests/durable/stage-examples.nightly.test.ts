import { metricNames, outputKinds } from "../../compiler/schema/forms.js";
import { compilePipeline } from "../../compiler/compile.js";
import { packageRoot } from "../../platform/program/locations.js";
import { runsPipeline, stageDefinitions, stageTypes, type StageType } from "../../schemas/stages/index.js";
import { projectInProcess } from "../support/describe-stage.js";
import { Shell } from "./cli/shell.js";
import { startOwnWorker } from "./support/own-worker.js";

const shell = new Shell();

/** The examples of the reference of stages, as one pipeline. */
const examples = `stages:\n${Object.values(stageDefinitions)
  .map(({ example }) => example.trim().replaceAll(/^(?=.)/gm, "  "))
  .join("\n")}\n`;
shell.pipeline("examples", examples);

interface EndedStage {
  id: string;
  uses: StageType;
  status: string;
  outputs: Record<string, unknown>;
  metrics: Record<string, number>;
}

/** One of the examples waits for a worker of the user's, one for a person. */
async function runAndApprove() {
  const run = shell.start(["run", "examples", "--json"]);
  const runId = (JSON.parse(await run.printed(/\{"event":"started".*\}/)) as { run: string }).run;
  await startOwnWorker(shell.up(), "examples");
  await run.printed(/"status":"waiting"/);
  expect((await shell.start(["approve", runId, "--yes"]).ended).code).toBe(0);
  return run.ended;
}

test("the examples of all stages run as one pipeline: each succeeds, with outputs and metrics of its definition", async () => {
  const { out } = await runAndApprove();
  const events = out.trim().split("\n");
  const { status, stages = [] } = JSON.parse(events.at(-1)!) as { status?: string; stages?: EndedStage[] };
  expect(status).toBe("succeeded");
  expect(new Set(stages.map(({ uses }) => uses))).toEqual(new Set(stageTypes));
  const text = `name: examples\n${examples}`;
  const { plan } = await compilePipeline({ text, ...projectInProcess(packageRoot()) });
  for (const { id, uses, outputs, metrics } of stages) {
    if (runsPipeline(uses)) continue;
    const { with: settings } = plan.stages.find((stage) => stage.id === id.split(".")[0])!;
    expect(Object.keys(outputKinds(uses, settings))).toEqual(expect.arrayContaining(Object.keys(outputs)));
    expect(Object.keys(outputs)).not.toEqual([]);
    expect(metricNames(uses, settings).filter((name) => name in metrics)).toEqual(Object.keys(metrics));
  }
});
