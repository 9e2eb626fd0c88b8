import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Child } from "../../../worker/child.js";
import { readyMessage } from "../../../worker/worker-process.js";
import { useFolder } from "../../support/folder.js";

const folder = useFolder();

test("a process that the system refuses to start is tried again", async () => {
  const program = path.join(folder(), "program.mjs");
  writeFileSync(program, `process.send(${JSON.stringify(readyMessage)}); setInterval(() => {}, 1000);`);
  const workingFolder = path.join(folder(), "not-yet");
  const told = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  let child: Child | undefined;
  const pid = await new Promise<number>((onReady) => {
    const base = { name: "slot 1", program, environment: process.env, logFolder: folder(), onEnd: () => undefined };
    child = new Child({ ...base, workingFolder, onReady });
    // The first start has failed by now.
    mkdirSync(workingFolder);
  });
  expect(child?.pid).toBe(pid);
  expect(told.mock.calls.flat().join("")).toMatch(/^the process for slot 1 cannot be started: .*ENOENT/);
  told.mockRestore();
  await child?.stop(1000);
});
