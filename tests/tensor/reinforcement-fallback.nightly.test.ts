import { reinforcement } from "./training.js";

test("sampling, PPO's updates and a reward model's are the same on WebAssembly within 1e-4", async () => {
  const [native, other] = [await reinforcement("tensorflow"), await reinforcement("wasm")];
  expect(other.responses).toEqual(native.responses);
  // More than one chunk of decoding.
  expect(Math.max(...native.responses.map((response) => response.length))).toBeGreaterThan(9);
  for (const name of ["metrics", "updates", "weights"] as const) {
    expect(other[name]).toHaveLength(native[name].length);
    other[name].forEach((value, i) => expect(Math.abs(value - native[name][i]!)).toBeLessThan(1e-4));
  }
});
