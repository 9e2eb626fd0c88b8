import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { useDirectory } from "../support/directory.js";
import { describeInBrowser, ended, seriousFindings, useBrowser } from "../support/browser.js";
import { makeReportedRun } from "../support/reported-run.js";

const home = useDirectory();
const project = useDirectory();
const { pawl, startStudio, openPage } = useBrowser(home, project);

/** Enough different words for a vocabulary. */
const syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "to", "vi", "zu"];
const words = syllables.flatMap((one) => syllables.map((other) => `${one}${other}${one} ${other}${one}`)).join("\\n");

const lines = `name: lines
description: A few lines, and their tokens.
inputs:
  size: { type: integer, minimum: 300, default: 300, description: tokens of the vocabulary }
stages:
  text:
    uses: dataset
    with: { source: { text: "${words}" }, unit: line, heldOut: 0 }
  tokens:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: "\${{ inputs.size }}" }
`;
const file = (): string => path.join(project(), "pipelines", "lines.yaml");

const ownStage = `import { defineStage, Type } from "pawl";
export default defineStage({
  summary: "counts",
  with: Type.Object({}),
  outputs: Type.Object({}),
  metrics: {},
  run: async () => ({ outputs: {}, metrics: {} }),
});
`;

beforeEach(() => {
  mkdirSync(path.join(project(), "pipelines"), { recursive: true });
  writeFileSync(file(), lines);
});

/** Puts the cursor after a text of the editor. */
async function cursorAfter(page: Page, text: string): Promise<void> {
  const line = page.locator(".cm-line", { hasText: text }).first();
  await line.click();
  await page.keyboard.press("End");
}

describeInBrowser("the editor in a browser", () => {
  test("a pipeline is opened, its mistakes are shown as they are typed, and what can be written is offered", async () => {
    const { address } = await startStudio();
    const { page, wrong } = await openPage();
    await page.goto(`${address}/pipelines`);
    await page.getByRole("link", { name: "lines", exact: true }).click();
    await page.getByText("no mistakes").waitFor();
    await page.getByText("2 of 2 stages will run.").waitFor();

    await cursorAfter(page, "uses: tokenize");
    // The list of completions opens with its answer, and would take the Enter below.
    const completed = page.waitForResponse("**/api/definitions/complete");
    await page.keyboard.type("r");
    await completed;
    const problem = page.getByRole("button", { name: /10:11.*tokenizer/ });
    await problem.waitFor();
    expect(await problem.textContent()).toContain("UNKNOWN_STAGE_TYPE");
    expect(await page.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);

    await page.keyboard.press("Backspace");
    await page.getByText("no mistakes").waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.type("time");
    await page.locator(".cm-tooltip-autocomplete").getByText("timeout").waitFor();
    await page.keyboard.press("Escape");
    expect(await seriousFindings(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test("a stage of the project's own is offered as soon as its file is written", async () => {
    const { address } = await startStudio();
    const { page } = await openPage();
    await page.goto(`${address}/pipelines/lines`);
    await page.getByText("no mistakes").waitFor();
    await cursorAfter(page, "uses: tokenize");
    const offered = page.locator(".cm-tooltip-autocomplete");
    const complete = async (): Promise<void> => {
      for (let i = 0; i < "tokenize".length; i++) await page.keyboard.press("Backspace");
      await page.keyboard.press("Control+Space");
      await offered.getByText("tokenize").waitFor();
    };
    await complete();
    expect(await offered.getByText("./stages/count.ts").count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.keyboard.type("tokenize");
    await page.keyboard.press("Escape");
    mkdirSync(path.join(project(), "stages"));
    writeFileSync(path.join(project(), "stages", "count.ts"), ownStage);
    await complete();
    await offered.getByText("./stages/count.ts").waitFor();
  });

  test("unsaved text survives a reload; a save writes the file, unless that has changed meanwhile", async () => {
    const { address } = await startStudio();
    const { page } = await openPage();
    await page.goto(`${address}/pipelines/lines`);
    await cursorAfter(page, "description: ");
    await page.keyboard.type(" Edited.");
    await page.getByText("not saved").waitFor();
    expect(readFileSync(file(), "utf8")).toBe(lines);
    await page.reload();
    await page.locator(".cm-line", { hasText: "their tokens. Edited." }).waitFor();
    await page.getByText("no mistakes").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("not saved").waitFor({ state: "detached" });
    expect(readFileSync(file(), "utf8")).toContain("their tokens. Edited.");

    writeFileSync(file(), `${lines}# by somebody else\n`);
    await cursorAfter(page, "description: ");
    await page.keyboard.type(" Again.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("DATA_CHANGED").waitFor();
    expect(readFileSync(file(), "utf8")).toBe(`${lines}# by somebody else\n`);
  });

  test("a visitor with a link may not save", async () => {
    const { address, people } = await startStudio("--people", "heron");
    const { page } = await openPage();
    await page.goto(people[1]!.address);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.goto(`${address}/pipelines/lines`);
    await cursorAfter(page, "description: ");
    await page.keyboard.type(" Edited.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("REQUEST_REFUSED").waitFor();
    expect(readFileSync(file(), "utf8")).toBe(lines);
  });

  test.each(["../../etc/passwd", "../secret"])("an address with ../ opens nothing: %s", async (name) => {
    writeFileSync(path.join(project(), "secret.yaml"), "name: secret\nstages: {}\n");
    const { address } = await startStudio();
    const { page } = await openPage();
    await page.goto(`${address}/pipelines/${encodeURIComponent(name)}`);
    await page.getByText("PATH_TRAVERSAL").waitFor();
  });

  test("a run is started from the editor, watched to its end, forked with an edit, and compared with the fork", async () => {
    const { address } = await startStudio();
    try {
      const { page, wrong } = await openPage();
      await page.goto(`${address}/pipelines/lines`);
      await page.getByRole("spinbutton", { name: /size/ }).fill("301");
      await page.getByText("2 of 2 stages will run.").waitFor();
      // This starts the server, too.
      await page.getByRole("button", { name: "Start" }).click();
      await page.waitForURL(/\/runs\/lines-/);
      const first = decodeURIComponent(new URL(page.url()).pathname.split("/")[2]!);
      await page.locator(".run-heading").getByText("succeeded").waitFor();

      await page.locator("h1").click();
      await page.keyboard.press("f");
      await page.waitForURL(`**/runs/${first}/fork`);
      await page.getByText("0 of 2 stages will run.").waitFor();
      await page.getByRole("combobox", { name: "Stage", exact: true }).selectOption("tokens");
      await page.getByRole("textbox", { name: "Setting" }).fill("vocabularySize");
      await page.getByRole("textbox", { name: "Value" }).fill("305");
      await page.getByRole("button", { name: "Set", exact: true }).click();
      await page.getByText("1 of 2 stages will run.").waitFor();
      await page.getByText("with.vocabularySize is now 305, was 301").waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole("button", { name: "Start the fork" }).click();
      await page.waitForURL((url) => /^\/runs\/lines-\w+$/.test(url.pathname) && !url.pathname.endsWith(first));
      const second = new URL(page.url()).pathname.split("/")[2]!;
      await page.locator(".run-heading").getByText("succeeded").waitFor();

      await page.goto(`${address}/compare?run=${first}&run=${second}`);
      await page.getByText("with.vocabularySize is now 305, was 301").waitFor();
      await page.getByRole("row", { name: /tokens vocabularySize 301.*305.*\+4/ }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(wrong).toEqual([]);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});

describeInBrowser("the comparison in a browser", () => {
  test("shows what differs, in dark", async () => {
    await makeReportedRun(home());
    await makeReportedRun(home(), { runId: "poems-2", steps: 5 });
    const { address } = await startStudio();
    const { page, wrong } = await openPage("dark");
    await page.goto(`${address}/compare?run=poems-1&run=poems-2`);
    await page.getByRole("heading", { name: "Metrics that differ" }).waitFor();
    await page
      .getByRole("img", { name: /^loss: poems-1.*poems-2/ })
      .first()
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });
});
