import { virtualEnvironment } from "./virtual-environment.js";

export const torchVersion = "2.15.0";

/**
 * The Python of an environment with PyTorch: about 3 GB from PyPI on first use, since its Linux
 * wheel includes CUDA.
 */
export function torchPython(): string | undefined {
  return virtualEnvironment(`torch-${torchVersion}`, [`torch==${torchVersion}`, "numpy"]);
}
