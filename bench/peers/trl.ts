import { torchVersion } from "./torch.js";
import { virtualEnvironment } from "./virtual-environment.js";

export const trlVersions = {
  trl: "1.16.0",
  torch: torchVersion,
  transformers: "5.24.0",
  accelerate: "1.15.0",
  datasets: "5.2.0",
};

/**
 * The Python of an environment with TRL: about 6 GB from PyPI on first use, most of it PyTorch's
 * CUDA.
 */
export function trlPython(): string | undefined {
  const packages = Object.entries(trlVersions).map(([name, version]) => `${name}==${version}`);
  return virtualEnvironment(`trl-${trlVersions.trl}`, packages);
}
