import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../../platform/program/locations.js";
import { Shell } from "./shell.js";

const shell = new Shell();

shell.pipeline(
  "variables",
  `inputs:
  level: { type: string, default: info }
env:
  LEVEL: \${{ inputs.level }}
  TOKEN: \${{ secrets.TOKEN }}
stages:
  inherited:
    uses: command
    with: { shell: true, run: 'echo "$LEVEL $TOKEN" > "$PAWL_OUTPUTS/said"', outputs: { said: files } }
  own:
    uses: command
    with:
      shell: true
      run: echo "$LEVEL $TOKEN" > "$PAWL_OUTPUTS/said"
      outputs: { said: files }
      env: { LEVEL: own }
`,
);

interface Stage {
  id: string;
  status: string;
  outputs: { said: { artifact: string; digest: string } };
}

const said = async ({ outputs }: Stage): Promise<string> => {
  const [found] = await shell.json<{ directory: string }>("inspect", outputs.said.digest);
  return readFileSync(path.join(found!.directory, "files", "said"), "utf8");
};

test("every program gets the pipeline's variables, its own go first, and a changed value runs only what uses it", async () => {
  const environment = { PAWL_SECRET_TOKEN: "hunter2-hunter2" };
  const run = async (...args: string[]): Promise<Stage[]> => {
    const { code, out, note } = await shell.start(["run", "variables", "--json", ...args], { environment }).ended;
    if (code !== 0) throw new Error(`${out}${note}`);
    return (JSON.parse(out.trimEnd().split("\n").at(-1)!) as { stages: Stage[] }).stages;
  };
  const stages = await run();
  expect(await Promise.all(stages.map(said))).toEqual(["info hunter2-hunter2\n", "own hunter2-hunter2\n"]);
  const again = await run("--input", "level=debug");
  expect(again.map(({ id, status }) => [id, status])).toEqual([
    ["inherited", "succeeded"],
    ["own", "cached"],
  ]);
  expect(await said(again[0]!)).toBe("debug hunter2-hunter2\n");
});

test.each([24, 32, 40])("with a limit of %d open files, every command says so, and what to do", (limit) => {
  const main = path.join(packageRoot(), "dist", "cli", "main.js");
  const limited = (...args: string[]) =>
    spawnSync("sh", ["-c", `ulimit -n ${limit}; exec "$@"`, "sh", process.execPath, main, ...args], {
      cwd: shell.directory,
      encoding: "utf8",
    });
  const { status, stderr } = limited("list");
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^this process may not open more files\n[^]*RESOURCES_EXHAUSTED · next: raise the limit \(ulimit -n/,
  );
  expect(JSON.parse(limited("list", "--json").stdout)).toMatchObject({ error: { code: "RESOURCES_EXHAUSTED" } });
});
