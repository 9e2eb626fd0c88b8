import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "../../tensor/locations.js";

export const torchVersion = "2.15.0";

/**
 * The Python of a virtual environment with PyTorch in Pawl's cache, made on first use (about 3 GB from PyPI, whose Linux
 * wheel brings CUDA along). Undefined, with a message, where it cannot be made.
 */
export function torchPython(): string | undefined {
  const folder = path.join(cacheFolder(), "peers", `torch-${torchVersion}`);
  const python = path.join(folder, "bin", "python");
  if (existsSync(python)) return python;
  process.stderr.write(`installing PyTorch ${torchVersion} into ${folder}, about 3 GB\n`);
  const made =
    run("python3", ["-m", "venv", folder]) &&
    run(python, ["-m", "pip", "install", "--quiet", `torch==${torchVersion}`, "numpy"]);
  if (made) return python;
  rmSync(folder, { recursive: true, force: true });
  process.stderr.write(
    `PyTorch could not be installed: only our own figures follow (python3 -m pip download torch==${torchVersion} says why)\n`,
  );
  return undefined;
}

function run(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}
