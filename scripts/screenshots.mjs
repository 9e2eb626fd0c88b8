// `npm run screenshots`: pictures of the studio's main views, light and dark, for README.md and
// docs/. They show two real runs of `tiny`, and one of a longer training in which people choose,
// made in a directory of their own; it needs set-up and Chromium.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = join(import.meta.dirname, "..");
const main = join(root, "dist", "cli", "main.js");
const pictures = join(root, "docs", "pictures");
/** Pictures stay small: they are in the repository. */
const maxBytes = 150 * 1024;
const runs = { long: "tiny-long", short: "tiny-short", asking: "tiny-choices" };

/** What is pictured: an address, and what must be there first. */
const views = {
  choose: { address: `/choose/${runs.asking}/preferences`, ready: ".response" },
  runs: { address: `/runs?marked=${runs.long},${runs.short}`, ready: "text=Compare 2 runs" },
  run: { address: `/runs/${runs.long}?stage=base`, ready: "text=the store had no result of its key" },
  curves: { address: `/runs/${runs.long}/curves?with=${runs.short}`, ready: ".chart canvas" },
  editor: { address: "/pipelines/tiny", ready: "text=stages will run." },
  compare: { address: `/compare?run=${runs.long}&run=${runs.short}`, ready: ".chart canvas" },
};

const project = mkdtempSync(join(tmpdir(), "pawl-screenshots-"));
mkdirSync(join(project, "pipelines"));
// The runs are made on a server of their own.
const { TEMPORAL_ADDRESS: _elsewhere, ...environment } = process.env;
const options = { cwd: project, env: { ...environment, PAWL_HOME: join(project, ".pawl") } };

/**
 * `tiny` whose model learns its answers by heart, so that they can be read, and then asks which
 * ones people prefer.
 */
function choicesFrom(text) {
  const asks = [
    "  preferences:",
    "    uses: collect-preferences",
    "    with:",
    "      model: ${{ stages.chat.outputs.model }}",
    '      prompts: ["${{ stages.glossary.outputs.train }}"]',
    "      maxNewTokens: 40",
    "      temperature: 1.2",
    "",
    "",
  ];
  return text.replace("epochs: 10", "epochs: 200").replace(/(?=^outputs:)/m, asks.join("\n"));
}

function pawl(...args) {
  const { status } = spawnSync(process.execPath, [main, ...args], {
    ...options,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`pawl ${args.join(" ")} ended with ${status}`);
}

/** @returns the studio's address, its process, and the session of its owner */
async function startStudio() {
  const child = spawn(process.execPath, [main, "studio", "--json", "--no-open", "--port", "8266"], {
    ...options,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ...(await enter(new URL(JSON.parse(line).address))) };
  throw new Error("the studio did not start");
}

async function enter({ origin, hash }) {
  const body = JSON.stringify({ code: hash.slice("#code=".length) });
  const response = await fetch(`${origin}/api/session`, { method: "POST", body });
  return { address: origin, ...(await response.json()) };
}

async function take(browser, { address, session }, mode) {
  const context = await browser.newContext({ colorScheme: mode, viewport: { width: 1280, height: 800 } });
  await context.addInitScript((secret) => localStorage.setItem("pawl-session", secret), session);
  const page = await context.newPage();
  for (const [name, view] of Object.entries(views)) {
    await page.goto(address + view.address);
    await page.locator(view.ready).first().waitFor({ timeout: 0 });
    await page.locator(".loading").waitFor({ state: "detached" });
    const file = join(pictures, `studio-${name}-${mode}.png`);
    await page.screenshot({ path: file, animations: "disabled" });
    const { size } = statSync(file);
    if (size > maxBytes) throw new Error(`${file} has ${size} bytes, more than ${maxBytes}`);
    console.log(`${file}: ${Math.round(size / 1024)} KiB`);
  }
  await context.close();
}

let studio;
try {
  pawl("run", "tiny", "-i", "steps=200", "--id", runs.long, "--json");
  pawl("run", "tiny", "-i", "steps=60", "--id", runs.short, "--json");
  const choices = join(project, "pipelines", "choices.yaml");
  writeFileSync(choices, choicesFrom(readFileSync(join(root, "pipelines", "tiny.yaml"), "utf8")));
  pawl("run", choices, "--id", runs.asking, "--detach");
  studio = await startStudio();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  for (const mode of ["light", "dark"]) await take(browser, studio, mode);
  await browser.close();
} finally {
  studio?.child.kill();
  pawl("up", "--stop");
  rmSync(project, { recursive: true, force: true, maxRetries: 5 });
}
