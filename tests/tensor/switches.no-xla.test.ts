import { loadBackend } from "../../tensor/backend.js";
import { loadTensorFlow } from "./support.js";

beforeAll(loadTensorFlow);
afterEach(() => jest.restoreAllMocks());

test("a stage that loads the library itself is refused Pawl's own switches in a process without XLA", async () => {
  const before = process.env["TF_XLA_FLAGS"];
  jest.spyOn(console, "warn").mockImplementation(); // tfjs: its kernels are already registered
  await jest.isolateModulesAsync(async () => {
    const anew = await import("../../tensor/backend.js");
    expect(anew.loadBackend).not.toBe(loadBackend);
    await expect(anew.loadBackend()).rejects.toMatchObject({
      code: "BACKEND_MISMATCH",
      facts: { expected: expect.stringMatching(/^TF_XLA_FLAGS="--tf_xla/), got: 'TF_XLA_FLAGS=""' },
    });
  });
  process.env["TF_XLA_FLAGS"] = before;
});
