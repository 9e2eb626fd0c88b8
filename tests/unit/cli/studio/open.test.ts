import { writeFileSync } from "node:fs";
import path from "node:path";
import { showInStudio } from "../../../../cli/studio/open.js";
import { useDirectory } from "../../../support/directory.js";
import { recordedTerminal } from "../../../support/terminal.js";

const directory = useDirectory();

test("a studio that does not start is printed, and ends nothing else", async () => {
  const home = path.join(directory(), "home");
  writeFileSync(home, "not a directory");
  const terminal = recordedTerminal();
  await showInStudio(home, "poems-1", terminal);
  expect(terminal.written.note).toBe(
    `the run is not shown in the studio: PAWL_HOME is not a directory (${home})\n  next: pawl open poems-1 --studio\n`,
  );
  expect([terminal.written.out, terminal.exitCode]).toEqual(["", 0]);
});
