import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { describeInBrowser, ended, useBrowser } from "../support/browser.js";
import { useDirectory } from "../support/directory.js";

const home = useDirectory();
const project = useDirectory();
const { pawl, startStudio, openPage } = useBrowser(home, project);

/** A run with two parked stages and an approval. */
const decides = `name: decides
stages:
  text:
    uses: dataset
    with: { source: { text: "one\\ntwo\\nthree\\n" }, unit: line }
  words:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 60000 }
    onFailure: park
  others:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 61000 }
    onFailure: park
  released:
    uses: approve
    with:
      message: Release the model?
      form: { rate: { type: number, description: share of users } }
`;

beforeEach(() => {
  mkdirSync(path.join(project(), "pipelines"), { recursive: true });
  writeFileSync(path.join(project(), "pipelines", "decides.yaml"), decides);
});

/** Answers the dialog of a button. */
async function confirm(page: Page, button: string, act: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: act, exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

const item = (page: Page, stage: string) =>
  page.locator(".waiting-item", { has: page.getByRole("link", { name: stage, exact: true }) });

describeInBrowser("what people do with a run, in a browser", () => {
  test("a form keeps its text while Temporal is away; skip, pause, unpause, abort, cancel and resume do what they say", async () => {
    const { address } = await startStudio();
    const run = pawl("run", "decides", "--id", "decides-1", "--detach", "--json");
    run.stdout!.resume();
    await ended(run);
    const { page } = await openPage();
    const status = (word: string) => page.locator(".run-heading").getByText(word, { exact: true }).waitFor();
    try {
      await page.goto(`${address}/waiting`);
      await page.getByLabel("3 wait for people").waitFor();
      await item(page, "released").getByRole("button", { name: "Answer", exact: true }).click();
      await page.getByLabel(/^rate/).fill("0.25");
      await page.getByLabel(/^comment/).fill("half written");
      await ended(pawl("up", "--stop"));
      await page.getByText("The Temporal server does not answer").waitFor();
      await page.getByLabel("3 wait for people").waitFor();
      const up = pawl("up", "--json");
      up.stdout!.resume();
      await page.getByText("The Temporal server does not answer").waitFor({ state: "detached" });
      expect(await page.getByLabel(/^rate/).inputValue()).toBe("0.25");
      expect(await page.getByLabel(/^comment/).inputValue()).toBe("half written");

      // As while workers start: the form appears once they answer.
      let unanswered = 2;
      await page.route("**/api/runs/decides-1/parked/words", async (route) => {
        const error = { code: "WORKER_LOST", message: "no worker answers", facts: {} };
        await (unanswered-- > 0 ? route.fulfill({ status: 503, json: { error } }) : route.continue());
      });
      await item(page, "words").getByRole("button", { name: "Decide", exact: true }).click();
      await page.getByText("no worker answers").waitFor();
      await confirm(page, "Skip", "Skip the stage");
      await page.getByLabel("2 wait for people").waitFor();

      await page.goto(`${address}/runs/decides-1`);
      await confirm(page, "Pause", "Pause the run");
      await status("paused");
      await confirm(page, "Unpause", "Unpause the run");
      await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
      await confirm(page, "Cancel", "Cancel the run");
      await status("canceled");
      await confirm(page, "Resume", "Resume the run");
      await page.getByRole("button", { name: "Cancel", exact: true }).waitFor();

      await page.goto(`${address}/waiting`);
      await item(page, "others").getByRole("button", { name: "Decide", exact: true }).click();
      await confirm(page, "Abort", "Abort the stage");
      await page.goto(`${address}/runs/decides-1`);
      await page.getByRole("button", { name: /^others: failed/ }).waitFor();
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});
