import { closeSync, existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { openLog, rotateLog } from "../../../worker/supervision/log-file.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const log = (): string => path.join(directory(), "workers/cpu-1.log");

test("a log that has grown too long is set aside while its process writes on", () => {
  const descriptor = openLog(log());
  writeSync(descriptor, "first\n");
  rotateLog(log(), 100);
  expect(existsSync(`${log()}.old`)).toBe(false);
  rotateLog(log(), 5);
  writeSync(descriptor, "second\n");
  closeSync(descriptor);
  expect(readFileSync(`${log()}.old`, "utf8")).toBe("first\n");
  expect(readFileSync(log(), "utf8")).toBe("second\n");
});

test("a process that is started again does not continue a log that is too long", () => {
  closeSync(openLog(log()));
  writeFileSync(log(), "x".repeat(9 * 2 ** 20));
  closeSync(openLog(log()));
  expect(readFileSync(log(), "utf8")).toBe("");
});

test("a log that cannot be set aside stops nobody", () => {
  const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  writeFileSync(path.join(directory(), "file"), "");
  rotateLog(path.join(directory(), "file", "log"));
  expect(told.mock.calls.join("")).toMatch(/cannot be shortened: ENOTDIR/);
  told.mockRestore();
});
