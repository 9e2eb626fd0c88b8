import { readFileSync } from "node:fs";
import path from "node:path";
import { put } from "../../support/datasets.js";
import { testWithPython } from "../../support/python.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext, contentOf, runCommand } from "./support.js";

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
  expect(await contentOf(context, outputs["total"], "total")).toBe(`500500 seed 7 from ${step}`);
  expect(metrics).toEqual({ total: 500_500 });
  expect(context.recorded.at(-1)).toEqual({ step: 1000, metrics: { total: 500_500 } });
  expect(context.reported.at(-1)).toMatchObject({ phase: "train", done: 1000, total: 1000, unit: "steps" });
});

test("the module and its package have the version of Pawl", () => {
  const read = (name: string) => readFileSync(path.join(import.meta.dirname, "../../..", name), "utf8");
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(/^version = "(.*)"$/m.exec(read("python/pyproject.toml"))?.[1]).toBe(version);
});
