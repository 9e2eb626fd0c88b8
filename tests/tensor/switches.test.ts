import { loadBackend } from "../../tensor/backend.js";
import { nativeEnvironment } from "../../tensor/flags.js";
import { holdSwitches } from "../../tensor/switches.js";
import { loadTensorFlow } from "./support.js";

const asLoaded = (): Record<string, string> => ({ ...nativeEnvironment(), ...tensorSwitches });
const others: Record<string, string> = { TF_XLA_FLAGS: "--others" };

beforeAll(loadTensorFlow);
afterEach(() => jest.restoreAllMocks());

test("later calls give what the first one loaded", async () => {
  const loaded = await loadBackend();
  expect(loaded).toMatchObject({ backend: "tensorflow" });
  expect(await loadBackend("tensorflow")).toBe(loaded);
  expect(await loadBackend("tensorflow", asLoaded())).toBe(loaded);
});

test("another backend than the loaded one is refused", async () => {
  await expect(loadBackend("cpu")).rejects.toMatchObject({
    code: "BACKEND_MISMATCH",
    facts: { where: `process ${process.pid}`, expected: "cpu", got: "tensorflow" },
  });
});

describe("other switches than the library was loaded with are refused", () => {
  const refusal = {
    code: "BACKEND_MISMATCH",
    facts: {
      where: `process ${process.pid}`,
      expected: 'TF_XLA_FLAGS="--others"',
      got: `TF_XLA_FLAGS=${JSON.stringify(asLoaded()["TF_XLA_FLAGS"])}`,
    },
  };

  test("by the module that loaded it", async () => {
    await expect(loadBackend("tensorflow", { ...asLoaded(), ...others })).rejects.toMatchObject(refusal);
  });

  test("by a module loaded anew, as for the next test file in this process", async () => {
    const before = process.env["TF_XLA_FLAGS"];
    jest.spyOn(console, "warn").mockImplementation(); // tfjs: its kernels are already registered
    await jest.isolateModulesAsync(async () => {
      const anew = await import("../../tensor/backend.js");
      expect(anew.loadBackend).not.toBe(loadBackend);
      await expect(anew.loadBackend("tensorflow", { ...asLoaded(), ...others })).rejects.toMatchObject(refusal);
    });
    process.env["TF_XLA_FLAGS"] = before;
  });

  test("also where one is missing", () => {
    const library = {};
    holdSwitches(library, { A: "1", B: "2" });
    holdSwitches(library, { B: "2", A: "1" });
    expect(() => holdSwitches(library, { A: "1" })).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ expected: "B=undefined", got: 'B="2"' }) }),
    );
    expect(() => holdSwitches(library, { A: "1", B: "2", C: "3" })).toThrow("with other switches");
  });
});
