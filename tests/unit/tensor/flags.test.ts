import { computeFingerprint, nativeEnvironment } from "../../../tensor/flags.js";

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
