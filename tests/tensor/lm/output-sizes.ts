import type { Tensor } from "@tensorflow/tfjs-core";
import { nativeBackend } from "../../../tensor/backend.js";
import { elementCount } from "../../../tensor/host-tensor.js";

/** Elements of each tensor that native operations give during `work`. */
export function sizesOfOutputs(work: () => void): Set<number> {
  const backend = nativeBackend();
  const sizes = new Set<number>();
  const single = jest.spyOn(backend, "executeSingleOutput");
  const multiple = jest.spyOn(backend, "executeMultipleOutputs");
  try {
    work();
    const given = [...single.mock.results, ...multiple.mock.results].flatMap(({ value }) => value as Tensor[]);
    for (const { shape } of given) sizes.add(elementCount(shape));
    return sizes;
  } finally {
    single.mockRestore();
    multiple.mockRestore();
  }
}
