import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../../platform/program/locations.js";
import { useDirectory } from "../../support/directory.js";
import { plansFrom, stage } from "../support/plans.js";
import { fleet } from "./fleet.js";

const plan = plansFrom(11000);

describe("the thread of workflows", () => {
  const directory = useDirectory();
  const preload = pathToFileURL(path.join(packageRoot(), "dist", "worker", "workflow-thread.js")).href;

  /** A thread that calls into a context with a limit of 1 ms, which the call exceeds. */
  const thread = `
const vm = require("node:vm");
new vm.Script("const end = Date.now() + 50; while (Date.now() < end);")
  .runInContext(vm.createContext({ Date }), { timeout: 1, displayErrors: true });
console.log("not interrupted");`;
  const program = 'new (require("node:worker_threads").Worker)(require.resolve("./thread.cjs"));';
  const output = (...options: string[]): string => {
    writeFileSync(path.join(directory(), "thread.cjs"), thread);
    writeFileSync(path.join(directory(), "program.cjs"), program);
    const file = path.join(directory(), "program.cjs");
    const { stdout, stderr } = spawnSync(process.execPath, [...options, file], { encoding: "utf8" });
    return stdout + stderr;
  };

  test("calls into the sandbox of the thread of workflows have no time limit, for which a thread would be started each time", () => {
    expect(output()).toContain("ERR_SCRIPT_EXECUTION_TIMEOUT");
    expect(output("--import", preload)).toBe("not interrupted\n");
  });

  test("the SDK takes no stacks of promises, and says so", async () => {
    const gate = fleet.gate();
    const run = await fleet.launch(plan([stage("a", { hold: gate.file })]));
    await fleet.logged(run, "a", /^working/);
    await expect(run.query("__stack_trace")).rejects.toThrow(/stack traces are not enabled/);
    gate.open();
    await run.result();
  });
});
