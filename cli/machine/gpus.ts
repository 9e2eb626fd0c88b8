import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What `nvidia-smi` reports about each GPU; empty without a driver. */
export async function gpus(): Promise<{ name: string; memory: string }[]> {
  try {
    const { stdout } = await promisify(execFile)(
      "nvidia-smi",
      ["--query-gpu=name,memory.total", "--format=csv,noheader"],
      {
        timeout: 10_000,
      },
    );
    const lines = stdout.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line) => {
      const [name = "", memory = ""] = line.split(",").map((field) => field.trim());
      return { name, memory };
    });
  } catch {
    return [];
  }
}

export async function gpuCount(): Promise<number> {
  return (await gpus()).length;
}
