import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { layout } from "../../../store/home.js";
import type { MetricsRow } from "../../../store/history/metrics.js";
import { makeData, stageContext } from "./support.js";

const directory = import.meta.dirname;
const runner = path.join(directory, "../../../scripts/typescript.cjs");

test("pre-training that is killed, stopped, and resumed in other processes ends like uninterrupted pre-training", async () => {
  const context = stageContext();
  const { tokens, heldOut } = await makeData(context);
  const attempt = (end: string) => {
    const program = [
      runner,
      path.join(directory, "attempt.ts"),
      context.workingDirectory,
      tokens.digest,
      heldOut.digest,
      end,
    ];
    const { stdout, stderr, signal } = spawnSync(process.execPath, program, { encoding: "utf8" });
    if (signal !== null) return { signal } as { signal: string; rows?: MetricsRow[] };
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as {
      digest?: string;
      metrics?: Record<string, number>;
      rows?: MetricsRow[];
      failed?: string;
    };
  };
  const uninterrupted = attempt("none");
  expect(uninterrupted).toMatchObject({ digest: expect.any(String) });
  await context.checkpoints.clear();
  const { rows = [] } = uninterrupted;
  expect(rows.map(({ step }) => step)).toEqual(rows.map((_, i) => i + 1));
  for (const { step, metrics } of rows)
    expect(Object.keys(metrics)).toEqual([
      ...["loss", "learningRate", "gradientNorm"],
      ...(step % 2 === 0 || step === rows.length ? ["heldOutLoss"] : []),
    ]);
  rmSync(layout.metrics(context.home, "history"));

  expect(attempt("kill:3")).toEqual({ signal: "SIGKILL" });
  // The kill came before the third update could be saved.
  expect((await context.checkpoints.latest())!.step).toBe(2);
  expect(attempt("stop:5")).toEqual({ failed: "told to stop" });
  expect((await context.checkpoints.latest())!.step).toBe(5);
  expect(attempt("none")).toEqual(uninterrupted);
  context.remove();
});
