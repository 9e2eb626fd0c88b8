import { spawn } from "node:child_process";
import path from "node:path";

const runner = path.join(import.meta.dirname, "../../../scripts/typescript.cjs");

/** Runs a TypeScript file of this directory in a process of its own; resolves with how it ended. */
export function runChild(
  file: string,
  ...args: string[]
): Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, path.join(import.meta.dirname, file), ...args]);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
}
