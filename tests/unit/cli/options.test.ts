import { Command } from "commander";
import { run } from "../../../cli/verbs/run.js";
import { recordedTerminal } from "../../support/terminal.js";

/** The options of `pawl run` as it reads them. */
function runOptions(...args: string[]): Record<string, unknown> {
  const command = new Command();
  run(command, recordedTerminal());
  command.parseOptions(args);
  return command.opts();
}

test.each([
  [".", process.cwd()],
  ["tests/../docs", `${process.cwd()}/docs`],
  ["/project", "/project"],
])("a project directory %s is sent as %s: workers were started in another one", (given, sent) => {
  expect(runOptions("--project", given)["project"]).toBe(sent);
});
