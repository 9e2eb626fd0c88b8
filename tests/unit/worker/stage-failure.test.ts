import { PawlError, type ErrorCode } from "../../../platform/errors.js";
import { asApplicationFailure, asPawlError, asStageFailure } from "../../../worker/attempts/stage-failure.js";

const systemError = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe("an error of a stage", () => {
  it("keeps its code, facts and class", () => {
    const error = new PawlError("LOSS_NOT_FINITE", "the loss is NaN", { where: "step 3", next: "lower learningRate" });
    expect(asStageFailure(asPawlError(error))).toEqual({
      code: "LOSS_NOT_FINITE",
      class: "divergence",
      message: "the loss is NaN",
      facts: { where: "step 3", next: "lower learningRate" },
    });
  });
  it.each([
    [systemError("ENOSPC"), "DISK_FULL"],
    [systemError("EDQUOT"), "DISK_FULL"],
    [new Error("OOM when allocating tensor with shape[1]"), "OUT_OF_MEMORY"],
    [new RangeError("Array buffer allocation failed"), "OUT_OF_MEMORY"],
    [new Error("RESOURCE_EXHAUSTED: failed to allocate"), "OUT_OF_MEMORY"],
    [systemError("EIO"), "STORE_UNREADABLE"],
    [systemError("EMFILE"), "RESOURCES_EXHAUSTED"],
    [systemError("ENOMEM"), "RESOURCES_EXHAUSTED"],
    [new Error("write failed", { cause: systemError("ENOSPC") }), "DISK_FULL"],
    [systemError("EACCES"), "INTERNAL"],
    [new TypeError("x is not a function"), "INTERNAL"],
    ["a string", "INTERNAL"],
    [undefined, "INTERNAL"],
  ])("%s is %s", (error, code) => {
    expect(asPawlError(error).code).toBe(code);
  });
  it("leaves as an ApplicationFailure, with how far the attempt got", () => {
    const reached = { phase: "train", done: 7, total: 9, unit: "steps", metrics: {}, checkpointStep: 5 };
    const failure = asApplicationFailure(new PawlError("DISK_FULL", "full"), { reached });
    expect(failure).toMatchObject({ type: "DISK_FULL", message: "full" });
    expect(failure.details).toEqual([{ code: "DISK_FULL", class: "diskFull", message: "full", facts: {} }, reached]);
  });
  it("may be retried only where that can help", () => {
    const nonRetryable = (code: ErrorCode) => asApplicationFailure(new PawlError(code, "")).nonRetryable;
    expect([nonRetryable("DISK_FULL"), nonRetryable("STORE_UNREADABLE")]).toEqual([false, false]);
    expect([nonRetryable("INPUT_INVALID"), nonRetryable("INTERNAL"), nonRetryable("PREEMPTED")]).not.toContain(false);
  });
  it("is cut to a length that history can hold", () => {
    const long = "x".repeat(100_000);
    const failure = asStageFailure(
      new PawlError("INTERNAL", long, { where: long, expected: long, got: long, next: long }),
    );
    expect(JSON.stringify(failure).length).toBeLessThan(10_000);
    expect(failure.message).toMatch(/^x+ … \(100000 characters\)$/);
  });
});
