import { readFileSync } from "node:fs";
import path from "node:path";
import { catchFailure, put } from "../../support/datasets.js";
import { root } from "../../support/pipelines.js";
import { testWithPython } from "../../support/python.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext, readContent, runCommand } from "./support.js";

let context: TestContext;
beforeEach(() => (context = commandContext()));
afterEach(() => context.remove());

/** Sums the steps, and saves the sum. */
const program = `
import pawl

total = 0

def save(directory):
    (directory / "total").write_text(str(total))

def load(directory):
    global total
    total = int((directory / "total").read_text())

for step in pawl.steps(1000, save=save, load=load):
    total += step
    pawl.metrics(step, total=total, broken=float("nan"))

pawl.outputs("total").write_text(f"{total} seed {pawl.seed()} from {pawl.resume()[0]}")
pawl.metrics(total=total)
`;
const settings = { run: ["python3", "sum.py"], outputs: { total: "files" }, metrics: ["total"] };

testWithPython([], "the module pawl is found beside the modules of a PYTHONPATH of the stage's own", async () => {
  put(context, "lib/helper.py", "def text():\n    return 'helped'\n");
  const source = 'import pawl, helper; pawl.outputs("said").write_text(helper.text())';
  const { outputs } = await runCommand(context, {
    run: ["python3", "-c", source],
    env: { PYTHONPATH: "lib" },
    outputs: { said: "files" },
  });
  expect(await readContent(context, outputs["said"], "said")).toBe("helped");
});

testWithPython([], "a loop in Python resumes, reports and records with the module pawl", async () => {
  put(context, "sum.py", program);
  const stopped = new Error("preempted");
  context.onProgress = ({ done }) => done === 20 && context.abort(stopped);
  await expect(runCommand(context, settings)).rejects.toBe(stopped);
  const { step } = (await context.checkpoints.latest())!;
  expect(step).toBeGreaterThanOrEqual(20);
  expect(context.logged).toContainEqual(expect.stringContaining("broken is nan"));
  context = Object.assign(commandContext(context.workingDirectory), { checkpoints: context.checkpoints });
  const { outputs, metrics } = await runCommand(context, settings);
  expect(await readContent(context, outputs["total"], "total")).toBe(`500500 seed 7 from ${step}`);
  expect(metrics).toEqual({ total: 500_500 });
  expect(context.recorded.at(-1)).toEqual({ step: 1000, metrics: { total: 500_500 } });
  expect(context.reported.at(-1)).toMatchObject({ phase: "train", done: 1000, total: 1000, unit: "steps" });
});

/**
 * Starts itself again as torchrun starts its processes: with a session of its own and without the
 * descriptor for events.
 */
const launcher = `
import os, signal, subprocess, sys

if "again" not in sys.argv:
    sys.exit(subprocess.run([sys.executable, *sys.argv, "again"], start_new_session=True).returncode)

import pawl

pawl.metrics(1, pid=os.getpid())
pawl.progress(1, 2)
signal.pause()
`;

testWithPython([], "what a launcher has started ends with it, and reports through standard output", async () => {
  put(context, "launch.py", launcher);
  const stopped = new Error("preempted");
  context.onProgress = ({ done }) => done === 1 && context.abort(stopped);
  const run = 'exec env PAWL_EVENTS=1 python3 launch.py >&"$PAWL_EVENTS"';
  await expect(runCommand(context, { shell: true, run })).rejects.toBe(stopped);
  const { pid } = context.recorded[0]!.metrics;
  while (isRunning(pid!)) await new Promise(setImmediate);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

testWithPython([], "a program whose launcher has closed the descriptor for events names the fix", async () => {
  put(context, "launch.py", launcher);
  const failed = await catchFailure(runCommand(context, { run: ["python3", "launch.py"] }));
  expect(failed.facts.got).toContain('`env PAWL_EVENTS=1 LAUNCHER … >&"$PAWL_EVENTS"`');
});

const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

test("the guide shows the example in PyTorch unchanged", () => {
  const guide = read("docs/guides/programs.md");
  for (const name of ["train.py", "pipeline.yaml"]) expect(guide).toContain(read(`examples/pytorch/${name}`));
});

test("the module and its package have the version of Pawl", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(/^version = "(.*)"$/m.exec(read("python/pyproject.toml"))?.[1]).toBe(version);
});
