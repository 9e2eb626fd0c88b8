import { putArtifact, readLog } from "../../../store/index.js";
import type { SlotTask, TaskFile } from "../../../worker/slot-file.js";
import { useFolder } from "../../support/folder.js";
import { attempt, request, slotWith } from "./attempt.js";

const home = useFolder();
const work = async () => {
  const train = await putArtifact(home(), "dataset", () => undefined);
  return { outputs: { train, heldOut: train }, metrics: { trainRows: 1 } };
};
const messages = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { message } of readLog(home(), "run")) found.push(message);
  return found;
};

describe("a slot's task file that cannot be written", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const brokenWhen = (broken: (task: SlotTask) => boolean) => {
    const write = (task: SlotTask): void => {
      if (broken(task)) throw full;
    };
    return { taskFile: { write } as TaskFile };
  };

  it("fails the attempt with a code, so that it is retried", async () => {
    const slot = slotWith(
      home(),
      work,
      brokenWhen(({ ended }) => !ended),
    );
    await expect(attempt(slot, request())).rejects.toMatchObject({ type: "DISK_FULL", details: [{ class: "io" }] });
  });
  it("does not change the outcome of an attempt that has ended", async () => {
    const slot = slotWith(
      home(),
      work,
      brokenWhen(({ ended }) => ended),
    );
    expect((await attempt(slot, request())).metrics).toEqual({ trainRows: 1 });
    expect((await messages()).at(-1)).toBe(`the slot's task file could not be written: ${full.message}`);
  });
});
