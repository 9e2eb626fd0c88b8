import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

/** Threads of a process after TensorFlow's first product, where a stage fixed their number. */
async function threadsWith(threads: number): Promise<number> {
  const script = path.join(__dirname, "threads-process.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(threads)]);
  return Number(stdout);
}

test("TensorFlow computes with as many threads as the stage's run says, whatever the machine offers", async () => {
  const [three, nine] = [await threadsWith(3), await threadsWith(9)];
  expect(nine - three).toBe(6);
});
