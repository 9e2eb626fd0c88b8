import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { findKnownRun } from "../../report/run/known-run.js";
import { readRunModel } from "../../report/run/model.js";
import { runPage } from "../../report/run-page/page.js";
import { describeInBrowser, seriousFindings, useBrowser } from "../support/browser.js";
import { useDirectory } from "../support/directory.js";
import { makeReportedRun } from "../support/reported-run.js";

const home = useDirectory();

describeInBrowser("a report in Chromium", () => {
  const tests = useBrowser(home);

  async function openReport(mode: "light" | "dark" = "light") {
    await makeReportedRun(home());
    const run = await findKnownRun(home(), "poems-1");
    const model = await readRunModel(home(), run!, { buckets: 50, maxPrompts: 5 });
    const file = path.join(home(), "report.html");
    writeFileSync(file, runPage(model, { nowMs: 0, version: "0.1.0" }));
    const opened = await tests.openPage(mode);
    await opened.page.goto(pathToFileURL(file).href);
    return opened;
  }

  test("asks for nothing, and axe finds nothing serious in dark", async () => {
    const { page, wrong } = await openReport("dark");
    expect(await seriousFindings(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test("fits a screen of 360 px, with the names of columns beside their values", async () => {
    const { page, wrong } = await openReport();
    await page.setViewportSize({ width: 360, height: 740 });
    const width = await page.locator("html").evaluate(({ scrollWidth }) => scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    expect(await page.locator("td[data-title]").first().isVisible()).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test("prints what is closed on the screen: definition, artifacts, lineage, all metrics", async () => {
    const { page } = await openReport();
    const text = (): Promise<string> => page.locator("body").innerText();
    const closed = ["vocabularySize: 300", "bits per byte"];
    for (const part of closed) expect(await text()).not.toContain(part);
    await page.emulateMedia({ media: "print" });
    for (const part of closed) expect(await text()).toContain(part);
  });
});
