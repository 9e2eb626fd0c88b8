import path from "node:path";
import { root } from "../support/pipelines.js";
import { python, testWithPython } from "../support/python.js";
import { readLog } from "../../store/history/log-reader.js";
import { Shell, type Command } from "./cli/shell.js";

interface Example {
  pipeline: string;
  directory: string;
}
interface Ended {
  status: string;
  stages: { id: string; status: string; attempts: number; outputs: object; metrics: object }[];
}

/** @param example its pipeline, and the directory in which it is run */
const startExample = (shell: Shell, { pipeline, directory }: Example): Command =>
  shell.start(["run", pipeline, "--input", `python=${python}`, "--json"], { directory });

/** The state of a stage at the end of its run. */
async function endOf({ ended }: Command, stage: string) {
  const { code, out, note } = await ended;
  if (code !== 0) throw new Error(`${out}${note}`);
  return (JSON.parse(out.trimEnd().split("\n").at(-1)!) as Ended).stages.find(({ id }) => id === stage)!;
}

/**
 * Runs an example, and kills its worker process in each of the first attempts, after a checkpoint.
 */
async function runKilled(shell: Shell, example: Example, stage: string, kills: number) {
  const running = startExample(shell, example);
  const begun = await running.printed(/"event":"started","run":"[^"]+"/);
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

const example = (name: string): Example => ({ pipeline: `examples/${name}/pipeline.yaml`, directory: root });
const template = { pipeline: "pipelines/python.yaml", directory: path.join(root, "templates", "python") };
for (const { of, stage, packages, kills } of [
  { of: template, stage: "distinct", packages: [], kills: 2 },
  { of: example("pytorch"), stage: "trained", packages: ["torch"], kills: 3 },
  { of: example("scikit-learn"), stage: "fitted", packages: ["sklearn"], kills: 1 },
  { of: example("trl"), stage: "tuned", packages: ["trl"], kills: 3 },
])
  testWithPython(packages, `${of.pipeline}: a second run is cached; a killed one has the same outputs`, async () => {
    const [shell, other] = [new Shell(), new Shell()];
    const { outputs, metrics, ...reference } = await endOf(startExample(shell, of), stage);
    expect(reference).toMatchObject({ status: "succeeded", attempts: 1 });
    expect(await endOf(startExample(shell, of), stage)).toMatchObject({ status: "cached", outputs, metrics });
    await shell.close();
    const killed = await runKilled(other, of, stage, kills);
    expect(killed).toMatchObject({ status: "succeeded", attempts: kills + 1, outputs, metrics });
    await other.close();
  });
