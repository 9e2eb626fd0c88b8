import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { main } from "../../../cli/program.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";
import { recordedTerminal } from "../../support/terminal.js";

const home = useDirectory();
beforeEach(() => (process.env["PAWL_HOME"] = home()));
afterEach(() => delete process.env["PAWL_HOME"]);

async function pawl(...args: string[]) {
  const terminal = recordedTerminal();
  return { code: await main(args, terminal), ...terminal.written };
}

test("the latest run has its report and its card in its directory; its name is printed, or given as JSON", async () => {
  await makeReportedRun(home());
  const html = path.join(home(), "runs", "poems-1", "report.html");
  const card = path.join(home(), "runs", "poems-1", "report.md");
  expect(await pawl("report")).toEqual({ code: 0, out: `  report  ${html}\n  card    ${card}\n`, note: "" });
  expect(JSON.parse((await pawl("report", "--latest", "--json")).out)).toEqual({ runs: ["poems-1"], html, card });
  expect(readFileSync(html, "utf8")).toContain("<h1>poems-1</h1>");
});

test("two runs are compared in one page, whatever their names are", async () => {
  const other = `a/b ${"x".repeat(300)}`;
  await makeReportedRun(home(), { runId: other });
  await makeReportedRun(home(), { runId: "poems-2", steps: 8 });
  const { html } = JSON.parse((await pawl("report", other, "poems-2", "--json")).out) as { html: string };
  expect(html).toMatch(/poems-2\/report-beside-a%2Fb[^/]*\.html$/);
  expect(existsSync(html)).toBe(true);
});

test("without the run's record, no report replaces one that was written with it", async () => {
  await makeReportedRun(home());
  await pawl("report");
  const file = (name: string): string => path.join(home(), "runs", "poems-1", name);
  const good = readFileSync(file("report.html"), "utf8");
  writeFileSync(file("record.json"), readFileSync(file("record.json"), "utf8").replace("succeeded", "succeeding"));
  for (const args of [
    ["report", "poems-1"],
    ["report", "poems-1", "poems-1"],
  ]) {
    const { code, note } = await pawl(...args);
    expect(code).toBe(1);
    expect(note).toMatch(/record of the run is missing or damaged[^]*STORE_UNREADABLE[^]*pawl resume poems-1/);
  }
  expect(readFileSync(file("report.html"), "utf8")).toBe(good);
});

test.each([
  [["report"], "RUN_NOT_FOUND", "the store has no run yet"],
  [["report", "poem-1"], "RUN_NOT_FOUND", "there is no run poem-1"],
  [["report", "--latest", "poems-1"], "NOT_ALLOWED", "--latest cannot be combined with runs"],
  [["report", "a", "b", "c"], "NOT_ALLOWED", "too many runs"],
])("%j is an error: %s", async (args, code, message) => {
  const { note, code: exit } = await pawl(...args);
  expect(exit).toBe(1);
  expect(note).toContain(code);
  expect(note).toContain(message);
});

test("curves of a stage are drawn in the terminal, with their unit", async () => {
  await makeReportedRun(home());
  const { out, code } = await pawl("metrics", "poems-1", "base", "--plot");
  expect(code).toBe(0);
  expect(out).toContain("base loss nats/token  from 4 at step 1 to 2 at step 4, between 2 and 4\n         4 ┤");
  expect(out).toContain("base learningRate  from 0.01 at step 1 to 0.01 at step 4");
  expect(await pawl("metrics", "poems-1", "--plot", "--csv")).toMatchObject({
    code: 2,
    note: expect.stringContaining("'--plot' cannot be used with option '--csv'") as string,
  });
  expect((await pawl("metrics", "poems-1", "text", "--plot")).note).toContain("has recorded metrics");
});
