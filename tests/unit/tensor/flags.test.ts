import { computeFingerprint, fixCompute, nativeEnvironment } from "../../../tensor/flags.js";

const threads = process.env["PAWL_THREADS"];
afterEach(() => {
  if (threads === undefined) delete process.env["PAWL_THREADS"];
  else process.env["PAWL_THREADS"] = threads;
});

test("the fingerprint is plain data and depends on the number of threads", () => {
  process.env["PAWL_THREADS"] = "2";
  const two = computeFingerprint({ gpu: false });
  expect(JSON.parse(JSON.stringify(two))).toEqual(two);
  expect(two.threads).toBe(2);
  process.env["PAWL_THREADS"] = "3";
  expect(computeFingerprint({ gpu: false })).toEqual({ ...two, threads: 3 });
  expect(nativeEnvironment()["TF_NUM_INTRAOP_THREADS"]).toBe("3");
});

test("every flag of the fingerprint is in the environment that the library is given", () => {
  expect(nativeEnvironment()).toMatchObject(computeFingerprint({ gpu: false }).flags);
});

test("a stage that asks for a GPU computes on one, whatever this machine has, with kernels that sum in a fixed order", () => {
  const [cpu, gpu] = [computeFingerprint({ gpu: false }), computeFingerprint({ gpu: true })];
  expect([cpu.device, gpu.device]).toEqual(["cpu", "gpu"]);
  if (gpu.backend === "tensorflow")
    expect(gpu.flags).toEqual({
      ...cpu.flags,
      TF_DETERMINISTIC_OPS: "1",
      XLA_FLAGS: "--xla_gpu_deterministic_ops=true",
    });
});

test("the first number of threads that is fixed holds for the process, whatever the machine offers", () => {
  process.env["PAWL_THREADS"] = "2";
  const compute = computeFingerprint({ gpu: false });
  expect(fixCompute({ ...compute, threads: 5 })).toBe(true);
  expect(fixCompute({ ...compute, threads: 5 })).toBe(true);
  expect(fixCompute(compute)).toBe(false);
  expect(nativeEnvironment()["TF_NUM_INTRAOP_THREADS"]).toBe("5");
});
