import { Option } from "commander";
import { homeDirectory } from "../../store/index.js";
import { openHome } from "../../store/home.js";
import { pageDirectory, readPageFiles } from "../../studio/server/page-files.js";
import { studioToken, type Visitor } from "../../studio/server/safety.js";
import { startStudio } from "../../studio/server/start.js";
import { configuredAddress } from "../../worker/connection.js";
import { ensureServer } from "../embedded/ensure.js";
import { openAddress } from "../open-address.js";
import { personName, wholeNumber } from "../options.js";
import { untilStopped } from "../stop-signal.js";
import { readStudio, runningStudio, writeStudio } from "../studio/record.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

interface Options {
  port?: number;
  host: string;
  people: string[];
  open: boolean;
  background?: boolean;
}

const usualHost = "127.0.0.1";
/** The port that a studio prefers. */
const usualPort = 8234;
/** A studio that another command started ends when no page has asked for anything for this time, ms. */
const unusedForMs = 30 * 60_000;

/** `pawl studio`: a page on this machine that shows runs as they go, and what waits for people. */
export const studio: Verb = (command, terminal) => {
  command
    .option("--port <port>", `the port (default: ${usualPort}, or a free one)`, wholeNumber(1, 65_535))
    .option(
      "--host <host>",
      "the address to listen at; other than this machine's own, the page needs a token",
      usualHost,
    )
    .option(
      "--people <name>",
      "let only these people use it, each with a token of their own (repeatable)",
      personName,
      [],
    )
    .option("--no-open", "print the address, and open no browser")
    .addOption(new Option("--background", "started by another command").hideHelp())
    .action(async (options: Options) => {
      const home = homeDirectory();
      openHome(home);
      const known = isUsual(options) ? await runningStudio(home) : undefined;
      if (known === undefined) return serve(home, options, terminal);
      await show(known.address, [{ token: studioToken(home) }], options, terminal, "the studio already runs at");
    });
};

/** Whether the options ask for no other studio than the one that every command of the home directory finds. */
const isUsual = ({ port, host, people }: Options): boolean =>
  port === undefined && host === usualHost && people.length === 0;

async function serve(home: string, options: Options, terminal: Terminal): Promise<void> {
  const { port, host, people, background = false } = options;
  const before = (await readStudio(home))?.port;
  const ports = port !== undefined ? [port] : [...new Set([before ?? usualPort, usualPort, 0])];
  let usedAtMs = performance.now();
  const onRequest = (): void => void (usedAtMs = performance.now());
  const startServer = async (): Promise<void> => {
    if ((await configuredAddress()) === undefined) await ensureServer(home, () => undefined);
  };
  const files = readPageFiles(pageDirectory());
  const running = await startStudio({ home, files, host, people, ports, onRequest, startServer });
  if (host === usualHost && people.length === 0)
    await writeStudio(home, { address: running.address, port: Number(new URL(running.address).port) });
  await show(running.address, running.visitors, options, terminal, "the studio is at");
  const isUnused = (): boolean => performance.now() - usedAtMs > unusedForMs && !running.isWatched();
  await stopped(untilStopped(), background ? isUnused : undefined);
  await running.close();
}

/** Resolves when the process gets a signal to stop, or once nobody uses the studio any more. */
function stopped(signal: AbortSignal, isUnused: (() => boolean) | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => isUnused?.() && done(), 10_000);
    const done = (): void => {
      clearInterval(timer);
      resolve();
    };
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

async function show(
  address: string,
  visitors: readonly Visitor[],
  { open, people }: Options,
  terminal: Terminal,
  what: string,
): Promise<void> {
  const [own, ...others] = visitors.map(({ token, person }) => ({ address: `${address}/?token=${token}`, person }));
  const opened = open && (await openAddress(own!.address));
  const named = people.length === 0 ? [] : [own!, ...others];
  if (terminal.json)
    return terminal.out(
      JSON.stringify({ event: "ready", address: own!.address, opened, ...(named.length > 0 && { people: named }) }),
    );
  if (named.length === 0) return terminal.out(`${what} ${terminal.colors.cyan(own!.address)}`);
  terminal.out(`${what} ${address}`);
  for (const one of named) terminal.out(`  ${one.person}  ${terminal.colors.cyan(one.address)}`);
}
