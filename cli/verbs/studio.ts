import { Option } from "commander";
import { localPerson } from "../../api/acting/person.js";
import { PawlError } from "../../platform/errors.js";
import { homeDirectory, openHome } from "../../store/home.js";
import { pageDirectory, readPageFiles } from "../../studio/server/page-files.js";
import { revoke } from "../../studio/server/admissions.js";
import { startStudio, type RunningStudio } from "../../studio/server/start.js";
import { configuredAddress } from "../../worker/server/connection.js";
import { ensureServer } from "../embedded/ensure.js";
import { personName, wholeNumber } from "../options.js";
import { untilStopped } from "../stop-signal.js";
import { openPrivately, ownersAddress } from "../studio/open.js";
import { readStudio, runningStudio, writeStudio } from "../studio/record.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

interface Options {
  port?: number;
  host: string;
  people: string[];
  open: boolean;
  revoke?: string | true;
  background?: boolean;
}

const usualHost = "127.0.0.1";
/** The port that a studio prefers. */
const usualPort = 8234;
/**
 * A studio that another command started ends when no page has asked for anything for this time, ms.
 */
const unusedForMs = 30 * 60_000;

/** `pawl studio`: a page on this machine that shows runs as they go, and what waits for people. */
export const studio: Verb = (command, terminal) => {
  command
    .option("--port <port>", `the port (default: ${usualPort}, or a free one)`, wholeNumber(1, 65_535))
    .option(
      "--host <host>",
      "the address to listen at; at another than this machine's own, who has its link may use it",
      usualHost,
    )
    .option(
      "--people <name>",
      "let these people use it, each with a link of their own, for 30 days (repeatable)",
      personName,
      [],
    )
    .option("--no-open", "print the address, and open no browser")
    .addOption(
      new Option("--revoke [name]", "end all sessions and links of the home directory, or those of one person"),
    )
    .addOption(new Option("--background", "started by another command").hideHelp())
    .action(async (options: Options) => {
      const home = homeDirectory();
      openHome(home);
      if (options.revoke !== undefined) return end(home, options.revoke, terminal);
      const known = isUsual(options) ? await runningStudio(home) : undefined;
      if (known === undefined) return serve(home, options, terminal);
      await show({ home, ...known, links: [] }, options, terminal, "the studio already runs at");
    });
};

/**
 * Ends sessions and links.
 * @param whose a person's name; true: all
 * @throws PawlError UNKNOWN_REFERENCE
 */
async function end(home: string, whose: string | true, terminal: Terminal): Promise<void> {
  const person = whose === true ? undefined : whose.trim();
  const ended = await revoke(home, person === undefined ? undefined : `person ${person}`);
  if (!ended && person !== undefined)
    throw new PawlError("UNKNOWN_REFERENCE", `${person} has no link to a studio of this home directory`, {
      where: home,
      next: "check the name: it is the one that was given with --people",
    });
  if (terminal.json) return terminal.out(JSON.stringify({ event: "revoked", ...(person !== undefined && { person }) }));
  terminal.out(person === undefined ? "ended all sessions and links" : `ended the link and the sessions of ${person}`);
}

/**
 * Whether the options ask for no other studio than the one that every command of the home directory
 * finds.
 */
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
    await writeStudio(home, {
      ...{ address: running.address, instance: running.instance! },
      port: Number(new URL(running.address).port),
    });
  await show({ home, ...running }, options, terminal, "the studio is at");
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

type Shown = Pick<RunningStudio, "address" | "instance" | "links"> & { home: string };

/** Opens the studio, and prints the addresses of all who may use it. */
async function show(studio: Shown, options: Options, terminal: Terminal, what: string): Promise<void> {
  const { home, address, instance, links } = studio;
  /** Each code works once, so that what is opened and what is printed have one each. */
  const own = async (): Promise<string> =>
    instance === undefined ? links[0]!.address : ownersAddress(home, { address, instance });
  const opened = options.open && (await openPrivately(home, await own()));
  // What a background process prints is kept in a log.
  const openedAddress = options.background ? address : await own();
  const owner = instance === undefined ? [] : [{ person: localPerson(), address: openedAddress }];
  const named = options.people.length === 0 ? [] : [...owner, ...links];
  if (terminal.json)
    return terminal.out(
      JSON.stringify({ event: "ready", address: openedAddress, opened, ...(named.length > 0 && { people: named }) }),
    );
  if (named.length === 0) return terminal.out(`${what} ${terminal.colors.cyan(openedAddress)}`);
  terminal.out(`${what} ${address}`);
  for (const one of named) terminal.out(`  ${one.person}  ${terminal.colors.cyan(one.address)}`);
}
