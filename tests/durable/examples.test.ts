import { root } from "../support/pipelines.js";
import { python, testWithPython } from "../support/python.js";
import { readLog } from "../../store/index.js";
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
  const end = endOf(running, stage);
  const follow = new AbortController();
  end.finally(() => follow.abort()).catch(() => undefined);
  // Read in this process: a program may end before the log has been printed by another one.
  const log = readLog(shell.home, /"run":"([^"]+)"/.exec(begun)![1]!, { stage, follow: follow.signal });
  let [pid, left] = [0, kills];
  for await (const { message, data } of log) {
    if (message === "started") pid = data!["pid"] as number;
    if (message !== "checkpoint" || pid === 0 || left === 0) continue;
    process.kill(pid, "SIGKILL");
    [pid, left] = [0, left - 1];
  }
  return end;
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
