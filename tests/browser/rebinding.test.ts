import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Browser, BrowserContext } from "playwright-core";
import type { UpRecord } from "../../api/servers/up-record.js";
import { connectToRunning } from "../../worker/server/connection.js";
import { describeInBrowser, ended, launchChromium, useBrowser } from "../support/browser.js";
import { useDirectory } from "../support/directory.js";

const home = useDirectory();
const { pawl } = useBrowser(home);

/**
 * Chromium for which evil.example is this machine: what a page gets that has its name point here
 * after it was loaded.
 */
let browser: Browser | undefined;
afterEach(() => browser?.close());
const rebound = async (): Promise<BrowserContext> => {
  browser = await launchChromium("--host-resolver-rules=MAP evil.example 127.0.0.1");
  return browser.newContext();
};

async function upRecord(): Promise<UpRecord> {
  for await (const line of createInterface({ input: pawl("up", "--json").stdout! }))
    if ((JSON.parse(line) as { event: string }).event === "ready")
      return JSON.parse(readFileSync(path.join(home(), "up.json"), "utf8")) as UpRecord;
  throw new Error("`pawl up` printed no address");
}

/** The ports of 127.0.0.1 on which some processes listen. */
function portsOf(...pids: number[]): number[] {
  const opened = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return []; // Closed meanwhile.
      }
    }),
  );
  const rows = readFileSync("/proc/net/tcp", "utf8").trim().split("\n").slice(1);
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode] = row.trim().split(/\s+/);
    const [address, port = ""] = local.split(":");
    const isOurs = state === "0A" && address === "0100007F" && opened.includes(`socket:[${inode}]`);
    return isOurs ? [parseInt(port, 16)] : [];
  });
}

/**
 * What a page of the name gets from a port: the statuses of requests for data; undefined if it
 * speaks no HTTP.
 */
async function asked(context: BrowserContext, port: number, namespace: string): Promise<number[] | undefined> {
  // A tab of its own: the error page of one port would interrupt the way to the next.
  const page = await context.newPage();
  const opened = await page.goto(`http://evil.example:${port}/`).catch(() => undefined);
  if (!opened) return undefined;
  return page.evaluate(async (name) => {
    const answers = [
      await fetch("/api/v1/namespaces"),
      await fetch(`/api/v1/namespaces/${name}/workflows`),
      await fetch(`/api/v1/namespaces/${name}/workflows/by-rebinding`, {
        method: "POST",
        body: JSON.stringify({ workflowType: { name: "pipeline" }, taskQueue: { name: "pawl" } }),
      }),
    ];
    return answers.map(({ status }) => status);
  }, namespace);
}

/** A page of the name posts to each port what a form can post. */
async function postFrom(
  context: BrowserContext,
  from: number,
  ports: readonly number[],
  namespace: string,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(`http://evil.example:${from}/`);
  await page.evaluate(
    ([all, name]) =>
      Promise.allSettled(
        all.map((port) =>
          fetch(`http://127.0.0.1:${port}/api/v1/namespaces/${name}/workflows/by-post`, {
            method: "POST",
            mode: "no-cors",
            headers: { "content-type": "text/plain" },
            body: JSON.stringify({ workflowType: { name: "pipeline" }, taskQueue: { name: "pawl" } }),
          }),
        ),
      ),
    [ports, namespace] as const,
  );
}

describeInBrowser("a page whose name was rebound to this machine", () => {
  test("reads and starts nothing on the embedded server, at any port, and gets no cookie", async () => {
    const { up, server, namespace, address, uiAddress, uiPort } = await upRecord();
    try {
      const ports = portsOf(up.pid, server.pid);
      expect(ports).toContain(uiPort);
      const context = await rebound();
      const statuses = [];
      for (const port of ports) statuses.push(await asked(context, port, namespace));
      const answered = statuses.filter((one) => one !== undefined);
      // The UI, and the HTTP API; a port with other data (metrics of the server) has no such
      // addresses.
      expect(answered.filter((one) => one.every((status) => status === 403))).toHaveLength(2);
      expect(answered.flat().filter((status) => ![403, 404].includes(status))).toEqual([]);
      await postFrom(context, uiPort, ports, namespace);
      expect(await context.cookies()).toEqual([]);

      const client = await connectToRunning({ address, namespace });
      for (const run of ["by-rebinding", "by-post"])
        await expect(client.workflow.getHandle(run).describe()).rejects.toThrow("not found");
      await client.connection.close();

      // The same addresses with the name that the UI has.
      const page = await context.newPage();
      const own = await page.goto(`${uiAddress}/api/v1/namespaces`);
      expect([own!.status(), await own!.text()]).toEqual([200, expect.stringContaining(namespace)]);
    } finally {
      await ended(pawl("up", "--stop"));
    }
  });
});
