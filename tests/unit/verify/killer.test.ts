import { temporaryDirectory } from "../../../store/temporary.js";
import { halfWritten } from "../../../verify/killer.js";
import { useDirectory } from "../../support/directory.js";
const directory = useDirectory();

test("the half-written checkpoints of a process are known by its id", async () => {
  await temporaryDirectory(directory(), "checkpoint");
  await temporaryDirectory(directory(), "artifact");
  expect(await halfWritten(directory(), process.pid)).toEqual([expect.stringMatching(/\.checkpoint$/)]);
  expect(await halfWritten(directory(), process.pid + 1)).toEqual([]);
});
