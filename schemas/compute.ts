/**
 * Everything except program and data that can change the bits of a result: part of a stage's key.
 */
export interface ComputeFingerprint {
  backend: "tensorflow" | "wasm";
  version: string;
  device: "cpu" | "gpu";
  threads: number;
  flags: Record<string, string>;
}
