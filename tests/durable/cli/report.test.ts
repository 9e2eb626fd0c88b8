import { readFileSync } from "node:fs";
import { barelyTrained, Shell } from "./shell.js";

test("a run that ends in the foreground leaves its report and model card; --latest names them, also without a server", async () => {
  const shell = new Shell();
  shell.pipeline("small", `stages:\n${barelyTrained(64)}`);
  const { code, out } = await shell.pawl("run", "small");
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^ {2}report {2}\S+report\.html$/m) });
  await shell.pawl("up", "--stop");
  const [latest] = await shell.json<{ runs: string[]; html: string; card: string }>("report", "--latest");
  expect(out).toContain(latest!.html);
  const html = readFileSync(latest!.html, "utf8");
  expect(html).toContain(`<h1>${latest!.runs[0]}</h1>`);
  expect(html).toMatch(/class="status is-ok">.* succeeded</);
  expect(html).toContain("<b>loss</b> nats/token");
  expect(readFileSync(latest!.card, "utf8")).toContain("## Training Details");

  const plotted = await shell.pawl("metrics", latest!.runs[0]!, "--plot");
  expect(plotted.out).toContain("base loss nats/token");
  const third = await shell.pawl("report", "a", "b", "c");
  expect(third).toMatchObject({ code: 1, note: expect.stringContaining("NOT_ALLOWED") });
});
