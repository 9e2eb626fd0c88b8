import { torchVersion } from "./torch.js";
import { trlVersions } from "./trl.js";
import { virtualEnvironment } from "./virtual-environment.js";

export const transformersVersions = { torch: torchVersion, transformers: trlVersions.transformers };

/**
 * The Python of an environment with transformers: about 3 GB from PyPI on first use, most of it
 * PyTorch's CUDA.
 */
export function transformersPython(): string | undefined {
  const { transformers } = transformersVersions;
  const packages = Object.entries(transformersVersions).map(([name, version]) => `${name}==${version}`);
  return virtualEnvironment(`transformers-${transformers}`, [...packages, "numpy"]);
}
