import { root } from "../support/pipelines.js";
import { python, testWithPython } from "../support/python.js";
import { Shell, type Command } from "./cli/shell.js";

interface Ended {
  status: string;
  stages: { id: string; status: string; attempts: number; outputs: object; metrics: object }[];
}

const start = (shell: Shell, ...args: string[]): Command => shell.start(args, { directory: root });
const startExample = (shell: Shell, name: string): Command =>
  start(shell, "run", `examples/${name}/pipeline.yaml`, "--input", `python=${python}`, "--json");

/** The state of a stage at the end of its run. */
async function endOf({ ended }: Command, stage: string) {
  const { code, out, note } = await ended;
  if (code !== 0) throw new Error(`${out}${note}`);
  return (JSON.parse(out.trimEnd().split("\n").at(-1)!) as Ended).stages.find(({ id }) => id === stage)!;
}

/** Runs an example, and kills its worker process in each of the first attempts, after a checkpoint. */
async function runKilled(shell: Shell, name: string, stage: string, kills: number) {
  const running = startExample(shell, name);
  const begun = await running.printed(new RegExp(`"run":"[^"]+","id":"${stage}","uses":"command","status":"running"`));
  const run = /"run":"([^"]+)"/.exec(begun)![1]!;
  const log = start(shell, "logs", run, stage, "--follow");
  for (let attempt = 1; attempt <= kills; attempt++) {
    const attempts = await log.printed(new RegExp(`(started .* pid \\d+[^]*?checkpoint +step \\d+[^]*?){${attempt}}`));
    process.kill(Number([...attempts.matchAll(/started .* pid (\d+)/g)].at(-1)![1]), "SIGKILL");
  }
  return endOf(running, stage);
}

for (const { name, stage, packages, kills } of [
  { name: "python", stage: "distinct", packages: [], kills: 2 },
  { name: "pytorch", stage: "trained", packages: ["torch"], kills: 3 },
  { name: "scikit-learn", stage: "fitted", packages: ["sklearn"], kills: 1 },
  { name: "trl", stage: "tuned", packages: ["trl"], kills: 3 },
])
  testWithPython(packages, `examples/${name}: a second run is cached; a killed one has the same outputs`, async () => {
    const [shell, other] = [new Shell(), new Shell()];
    const { outputs, metrics, ...reference } = await endOf(startExample(shell, name), stage);
    expect(reference).toMatchObject({ status: "succeeded", attempts: 1 });
    expect(await endOf(startExample(shell, name), stage)).toMatchObject({ status: "cached", outputs, metrics });
    await shell.close();
    const killed = await runKilled(other, name, stage, kills);
    expect(killed).toMatchObject({ status: "succeeded", attempts: kills + 1, outputs, metrics });
    await other.close();
  });
