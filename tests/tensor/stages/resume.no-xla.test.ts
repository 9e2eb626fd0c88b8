import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { layout } from "../../../store/home.js";
import { attemptPretraining } from "./attempt.js";
import { makeData, stageContext } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const directory = import.meta.dirname;
const runner = path.join(directory, "../../../scripts/typescript.cjs");

test("pre-training that is killed, resumed in another process, stopped, and resumed ends like uninterrupted pre-training", async () => {
  const context = stageContext();
  const { tokens, heldOut } = await makeData(context);
  const given = (end: string) => [context.workingDirectory, tokens.digest, heldOut.digest, end] as const;
  const uninterrupted = await attemptPretraining(...given("none"));
  await context.checkpoints.clear();
  const { rows } = uninterrupted;
  expect(rows.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  for (const { step, metrics } of rows)
    expect(Object.keys(metrics)).toEqual([
      ...["loss", "learningRate", "gradientNorm"],
      ...(step % 2 === 0 || step === rows.length ? ["heldOutLoss"] : []),
    ]);
  rmSync(layout.metrics(context.home, "history"));

  const program = [runner, path.join(directory, "attempt-process.ts"), JSON.stringify(tensorSwitches)];
  expect(spawnSync(process.execPath, [...program, ...given("kill:3")], { encoding: "utf8" })).toMatchObject({
    signal: "SIGKILL",
  });
  // The kill came before the third update could be saved.
  expect((await context.checkpoints.latest())!.step).toBe(2);
  await expect(attemptPretraining(...given("stop:5"))).rejects.toThrow("told to stop");
  expect((await context.checkpoints.latest())!.step).toBe(5);
  expect(await attemptPretraining(...given("none"))).toEqual(uninterrupted);
  context.remove();
});
