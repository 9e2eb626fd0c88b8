import { findRecord, saveRecord } from "../../store/index.js";
import { useDirectory } from "../support/directory.js";
import { describeInBrowser, ended, seriousFindings, stopped, useBrowser } from "../support/browser.js";
import { makeReportedRun } from "../support/reported-run.js";

const home = useDirectory();
const { pawl, startStudio, openPage } = useBrowser(home);

describeInBrowser("the studio in a browser", () => {
  test.each(["light", "dark"] as const)(
    "every view is shown in %s, without findings or requests elsewhere",
    async (mode) => {
      await makeReportedRun(home());
      await makeReportedRun(home(), { runId: "poems-2", steps: 5 });
      const { address } = await startStudio();
      const { page, wrong, requested } = await openPage(mode);
      await page.goto(`${address}/runs`);
      await page.getByRole("link", { name: "poems-1" }).click();
      await page.getByRole("button", { name: /^base: succeeded/ }).click();
      expect(new URL(page.url()).search).toBe("?stage=base");
      await page.getByText("the store had no result of its key").waitFor();
      const findings: string[] = [];
      const views = ["", "/curves?with=poems-2", "/samples", "/logs", "/artifacts", "/definition"];
      for (const view of [...views.map((name) => `/runs/poems-1${name}`), "/runs", "/waiting", "/nothing"]) {
        await page.goto(address + view);
        await page.locator("h1, .empty-title").first().waitFor();
        await page.locator(".loading").first().waitFor({ state: "detached" });
        findings.push(...(await seriousFindings(page)).map((finding) => `${view}: ${finding}`));
      }
      expect(findings).toEqual([]);
      expect(wrong).toEqual([]);
      expect([...requested]).toEqual([address]);
    },
  );

  test("what a model writes is shown as text: a script in it does not run", async () => {
    await makeReportedRun(home());
    const { address } = await startStudio();
    const { page, wrong } = await openPage("light");
    await page.goto(`${address}/runs/poems-1/samples`);
    await page.getByText('<script>alert("x")</script>').waitFor();
    expect(await page.locator("main script").count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  test("keys move and open, and a filter is part of the address", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), { runId: "poems-2", status: "failed" });
    const { address } = await startStudio();
    const { page } = await openPage("light");
    await page.goto(`${address}/runs?status=failed`);
    await page.getByText("poems-2").waitFor();
    expect(await page.getByText("poems-1").count()).toBe(0);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/runs/poems-2");
    await page.keyboard.press("g");
    await page.keyboard.press("w");
    await page.waitForURL("**/waiting");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("of many runs only the rows in sight exist, and keys reach the others", async () => {
    await makeReportedRun(home());
    const record = (await findRecord(home(), "poems-1"))!;
    for (let i = 2; i <= 300; i++) await saveRecord(home(), { ...record, runId: `poems-${i}` });
    const { address } = await startStudio();
    const { page } = await openPage("light");
    await page.goto(`${address}/runs`);
    await page.getByRole("table").waitFor();
    expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe("301");
    expect(await page.locator("[data-row]").count()).toBeLessThan(60);
    for (let i = 0; i < 120; i++) await page.keyboard.press("j");
    await page.locator('.is-at[data-row="119"]').waitFor();
    expect(await page.locator("[data-row]").count()).toBeLessThan(80);
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await page.locator('[data-row="299"]').waitFor();
  });

  test("a run is seen from its start to its end, also by a page whose studio is restarted in between", async () => {
    const first = await startStudio();
    const run = pawl("run", "tiny", "-i", "steps=60", "--id", "tiny-seen", "--json");
    const end = ended(run);
    run.stdout!.resume();
    const { page, wrong, requested } = await openPage("light");
    try {
      await page.goto(`${first.address}/runs`);
      await page.getByRole("link", { name: "tiny-seen" }).click();
      await page.getByText("● running").or(page.getByText("✓ succeeded")).first().waitFor();
      await stopped(first.process);
      await page.locator(".link-bar.is-lost").waitFor();
      const again = await startStudio();
      expect(again.address).toBe(first.address);
      await page.locator(".link-bar.is-lost").waitFor({ state: "detached" });
      await page.getByRole("alert").waitFor({ state: "detached" });
      await end;
      await page.locator(".run-heading").getByText("succeeded").waitFor();
      await page.getByRole("link", { name: "Curves", exact: true }).click();
      await page
        .getByRole("img", { name: /^loss: / })
        .first()
        .waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect([...requested]).toEqual([first.address]);
      expect(
        wrong.filter(
          (text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/.test(text),
        ),
      ).toEqual([]);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});
