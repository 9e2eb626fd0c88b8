import path from "node:path";
import { row } from "../../../bench/harness.js";
import { doParts } from "../../../bench/support/parts.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const rowOf = (what: string) =>
  row({ what, unit: "of 1", ours: 1, bounds: "ours", better: "higher", atLeast: 1, aim: 1 });

test("a bench that was interrupted resumes with the part that it was in", async () => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const file = path.join(directory(), "kept", "parts.json");
  const first = jest.fn(() => Promise.resolve([rowOf("a"), rowOf("b")]));
  await expect(doParts(file, { first, second: () => Promise.reject(new Error("interrupted")) })).rejects.toThrow(
    "interrupted",
  );
  const second = jest.fn(() => Promise.resolve([rowOf("c")]));
  expect((await doParts(file, { first, second })).map(({ what }) => what)).toEqual(["a", "b", "c"]);
  expect([first, second].map((part) => part.mock.calls.length)).toEqual([1, 1]);
});
