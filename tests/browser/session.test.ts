import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../../worker/server/dev-server.js";
import { describeInBrowser, ended, seriousFindings, sessionKey, stopped, useBrowser } from "../support/browser.js";
import { useDirectory } from "../support/directory.js";
import { makeReportedRun } from "../support/reported-run.js";

const home = useDirectory();
const { pawl, startStudio, openPage } = useBrowser(home);

/** Another user of this machine, where tests may become one. */
const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A program in place of the one that opens a browser; it writes down what it is called with. */
const programs = useDirectory();
const before = { DISPLAY: process.env["DISPLAY"], PATH: process.env["PATH"] };
const calls = (): string => path.join(programs(), "calls");
beforeEach(() => {
  const program = path.join(programs(), "xdg-open");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > ${calls()}.part && mv ${calls()}.part ${calls()}\n`);
  chmodSync(program, 0o755);
  Object.assign(process.env, { DISPLAY: ":0", PATH: `${programs()}:${before.PATH}` });
});
afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** What a command gives to the program that opens a browser, and prints. */
async function opened(...args: string[]): Promise<{ given: string; printed: { address: string; opened: boolean } }> {
  rmSync(calls(), { force: true });
  for await (const line of createInterface({ input: pawl(...args).stdout! })) {
    const printed = JSON.parse(line) as { address: string; opened: boolean };
    for (;;) {
      try {
        return { given: readFileSync(calls(), "utf8").trim(), printed };
      } catch {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
  throw new Error("nothing was printed");
}

describeInBrowser("the session of a page", () => {
  test("begins in one step with `pawl studio` and `pawl open`; other users see no secret in the command that opens it", async () => {
    await makeReportedRun(home());
    const first = await opened("studio", "--json", "--port", String(await freePort()));
    expect(first.printed.opened).toBe(true);
    expect(first.given).toMatch(/^file:\/\/\/.*\.html$/);
    const file = fileURLToPath(first.given);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    if (other.uid !== undefined) expect(spawnSync("cat", [file], { ...other, cwd: "/" }).status).not.toBe(0);

    const { page, wrong } = await openPage();
    await page.goto(first.given);
    await page.getByRole("link", { name: "poems-1" }).waitFor();
    expect(new URL(page.url()).hash).toBe("");
    await page.reload();
    await page.getByRole("link", { name: "poems-1" }).waitFor();
    expect(await page.context().cookies()).toEqual([]);

    // The printed address is another one, and works once.
    const [second, third] = [await openPage(), await openPage()];
    await second.page.goto(first.printed.address);
    await second.page.getByRole("link", { name: "poems-1" }).waitFor();
    await third.page.goto(first.printed.address);
    await third.page.getByText("This page has no session.").waitFor();
    expect(await seriousFindings(third.page)).toEqual([]);

    // A new one, opened in the page that is there, changes only what stands behind #.
    const again = await opened("studio", "--json");
    await third.page.goto(again.printed.address);
    await third.page.getByRole("link", { name: "poems-1" }).waitFor();
    expect(new URL(third.page.url()).hash).toBe("");

    const run = await opened("open", "poems-1", "--studio", "--json");
    expect(run.printed.address).not.toContain("#");
    await third.page.goto(run.given);
    await third.page.getByRole("heading", { level: 1, name: "poems-1" }).waitFor();
    expect([...wrong, ...second.wrong]).toEqual([]);
  });

  test("is shown to no other port of this machine, also of another user", async () => {
    await makeReportedRun(home());
    const { address } = await startStudio();
    const { page } = await openPage();
    await page.goto(`${address}/runs`);
    await page.getByRole("link", { name: "poems-1" }).waitFor();

    const script =
      'require("http").createServer((q, r) => { console.log(JSON.stringify(q.headers)); r.setHeader("content-type", "text/html"); r.end("<title>other</title>"); })' +
      '.listen(0, "127.0.0.1", function () { console.log(this.address().port); })';
    const listener = spawn(process.execPath, ["-e", script], {
      ...other,
      cwd: "/",
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
    try {
      const port = (await lines.next()).value as string;
      await page.goto(`http://127.0.0.1:${port}/`);
      const got = JSON.parse((await lines.next()).value as string) as Record<string, string>;
      expect(Object.keys(got).filter((name) => ["cookie", "authorization", "referer"].includes(name))).toEqual([]);
      const stolen = await page.evaluate(`(async () => ({
        stored: localStorage.getItem("${sessionKey}"),
        cookies: document.cookie,
        read: await fetch("${address}/api/runs", { credentials: "include" }).then(({ status }) => status, () => "nothing"),
        sent: await fetch("${address}/api/runs/poems-1/cancel", { method: "POST", mode: "no-cors", body: "{}" }).then(
          ({ type }) => type,
          () => "nothing",
        ),
      }))()`);
      // An opaque answer is one that the page cannot read: REQUEST_REFUSED.
      expect(stolen).toEqual({
        stored: null,
        cookies: "",
        read: "nothing",
        sent: expect.stringMatching("opaque|nothing"),
      });
    } finally {
      await stopped(listener);
    }
  });

  test("of a person begins with their link, on a second device, too; it ends when it is revoked, and the page says so", async () => {
    await makeReportedRun(home());
    const { people } = await startStudio("--people", "heron");
    const link = people[1]!.address;
    const devices = [await openPage(), await openPage()];
    for (const { page } of devices) {
      await page.goto(link);
      await page.getByRole("link", { name: "poems-1" }).waitFor();
    }
    await ended(pawl("studio", "--revoke", "heron"));
    for (const { page } of devices) {
      await page.getByText("The session has ended.").waitFor();
      await page.goto(link.replace("/#", "/pipelines#"));
      await page.getByText("This page has no session.").waitFor();
    }
  });
});
