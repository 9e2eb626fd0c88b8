import { spawnSync } from "node:child_process";
import path from "node:path";

/** What TensorFlow's optimizer of graphs writes to its log while a small model trains. */
function optimizerLog(environment: Record<string, string>): string {
  const script = path.join(__dirname, "train-process.mjs");
  const { status, stderr } = spawnSync(
    process.execPath,
    [script, JSON.stringify({ backend: "tensorflow", eager: false, steps: 1, environment })],
    { encoding: "utf8", env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "0", TF_CPP_VMODULE: "meta_optimizer=3" } },
  );
  expect(status).toBe(0);
  return stderr;
}

test("TensorFlow does not rewrite graphs; with the switch turned, it does", () => {
  expect(optimizerLog({})).not.toContain("meta_optimizer.cc");
  expect(optimizerLog({ PAWL_GRAPH_OPTIMIZER: "1" })).toContain("meta_optimizer.cc");
});
