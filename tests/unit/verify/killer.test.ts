import fs from "node:fs";
import { temporaryDirectory } from "../../../store/temporary.js";
import { checkpointBegun, halfWritten } from "../../../verify/killer.js";
import { useDirectory } from "../../support/directory.js";
const directory = useDirectory();

test("the half-written checkpoints of a process are known by its id", async () => {
  await temporaryDirectory(directory(), "checkpoint");
  await temporaryDirectory(directory(), "artifact");
  expect(await halfWritten(directory(), process.pid)).toEqual([expect.stringMatching(/\.checkpoint$/)]);
  expect(await halfWritten(directory(), process.pid + 1)).toEqual([]);
});

test("where the system refuses to watch, a checkpoint that is begun is noticed all the same", async () => {
  jest.spyOn(fs, "watch").mockImplementation(() => {
    throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
  });
  await temporaryDirectory(directory(), "checkpoint");
  await checkpointBegun(directory(), new AbortController().signal);
  jest.restoreAllMocks();
});
