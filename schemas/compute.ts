/** What decides, beside program and data, which bits a computation gives: part of a stage's key. */
export interface ComputeFingerprint {
  backend: "tensorflow" | "wasm";
  version: string;
  device: "cpu" | "gpu";
  threads: number;
  flags: Record<string, string>;
}
