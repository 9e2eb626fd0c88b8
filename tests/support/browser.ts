import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { freePort } from "../../worker/server/dev-server.js";

const executablePath = "/usr/bin/chromium";
const hasChromium = existsSync(executablePath);

/** `describe` for tests that need Chromium: skipped with a reason where there is none. */
export function describeInBrowser(title: string, tests: () => void): void {
  const suite = hasChromium ? describe : describe.skip;
  suite(hasChromium ? title : `${title} (skipped: there is no ${executablePath})`, tests);
}

const main = path.join(process.cwd(), "dist", "cli", "main.js");

/** Chromium, ended by who started it. */
export async function launchChromium(...args: string[]): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
}

/** A page, and what happens in it that must not. */
export interface OpenedPage {
  page: Page;
  wrong: string[];
}

export interface StartedStudio {
  address: string;
  /** What its owner's requests carry. */
  headers: Record<string, string>;
  /** With `--people`: the owner's address, then those with a link. */
  people: readonly { person: string; address: string }[];
  process: ChildProcess;
}

/**
 * Chromium, and commands of Pawl in a test's home directory; all ends with the test, which fails if
 * a page of the studio has asked anything of another origin.
 */
export interface BrowserTests {
  /** A command of Pawl. */
  pawl(...args: string[]): ChildProcess;
  /**
   * Starts a studio. Pages have the session of its owner, also those that were opened for a studio
   * before it.
   */
  startStudio(...args: string[]): Promise<StartedStudio>;
  openPage(mode?: "light" | "dark"): Promise<OpenedPage>;
}

/** @param home the test's home directory @param project its project directory */
export function useBrowser(home: () => string, project: () => string = process.cwd): BrowserTests {
  let browser: Browser;
  const processes: ChildProcess[] = [];
  /** Sessions by the origins of studios, and what their pages have asked of others. */
  const studios = new Map<string, string>();
  const foreign: string[] = [];
  /**
   * The studio's, also when it is restarted: the usual one may be that of a test beside this one.
   */
  let port: number;
  beforeEach(async () => void (port = await freePort()));
  beforeAll(async () => {
    if (!hasChromium) return;
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    await Promise.all(processes.splice(0).map(stopped));
    expect(foreign.splice(0)).toEqual([]);
  });
  const noteForeign = (request: Request): void => {
    if (request.isNavigationRequest()) return;
    const [from, to] = [new URL(request.frame().url()), new URL(request.url())];
    const isOurs = studios.has(from.origin) || from.protocol === "file:";
    if (isOurs && /^(https?|wss?):$/.test(to.protocol) && to.origin !== from.origin)
      foreign.push(`${from.pathname}: ${to.href}`);
  };
  const pawl: BrowserTests["pawl"] = (...args) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: project(),
      env: { ...process.env, PAWL_HOME: home() },
      stdio: ["ignore", "pipe", "inherit"],
    });
    processes.push(child);
    return child;
  };
  return {
    pawl,
    async startStudio(...args) {
      const child = pawl("studio", "--json", "--no-open", "--port", String(port), ...args);
      for await (const line of createInterface({ input: child.stdout! })) {
        const { address, people = [] } = JSON.parse(line) as Pick<StartedStudio, "address" | "people">;
        const { origin } = new URL(address);
        const session = await openSession(address);
        studios.set(origin, session);
        for (const context of browser?.contexts() ?? []) await giveSession(context, origin, session);
        return { address: origin, headers: { authorization: `Bearer ${session}` }, people, process: child };
      }
      throw new Error("the studio printed nothing");
    },
    async openPage(mode = "light") {
      const context = await browser.newContext({ colorScheme: mode, viewport: { width: 1280, height: 800 } });
      // A busy machine is slow: what an idle one does in a second must not fail there.
      context.setDefaultTimeout(600_000);
      for (const [origin, session] of studios)
        await context.addInitScript({
          content: `if (location.origin === "${origin}" && !localStorage.getItem("${sessionKey}")) ${keep(session)};`,
        });
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("dialog", (dialog) => {
        wrong.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      context.on("request", noteForeign);
      return { page, wrong };
    },
  };
}

/** Where the studio's page keeps its session. */
export const sessionKey = "pawl-session";

/** A script that has the page keep a session. */
const keep = (session: string): string => `localStorage.setItem("${sessionKey}", "${session}")`;

/** Opens the session that an address of a studio leads to. */
export async function openSession(address: string): Promise<string> {
  const { origin, hash } = new URL(address);
  const body = JSON.stringify(Object.fromEntries(new URLSearchParams(hash.slice(1))));
  const response = await fetch(`${origin}/api/session`, { method: "POST", body });
  return ((await response.json()) as { session: string }).session;
}

/**
 * What happens where somebody opens the address of a studio that was started again, beside pages
 * that are open.
 */
async function giveSession(context: BrowserContext, origin: string, session: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${origin}/assets/icon.svg`);
  await page.evaluate(keep(session));
  await page.close();
}

export const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once("exit", resolve));

export function stopped(child: ChildProcess): Promise<unknown> {
  const end = ended(child);
  child.kill();
  return child.exitCode === null && child.signalCode === null ? end : Promise.resolve();
}

/** What axe-core finds that is serious. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // By the protocol, not by a script of the page, which its policy forbids.
  await page.evaluate((await import("axe-core")).source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run: () => Promise<AxeResult> } }).axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string }[] }[];
}
