/**
 * `npm run bench -- against COMMIT NAME [--rounds N] [--again] [options of NAME]`: this checkout,
 * changes included, against another commit. Each is built in its own directory below Pawl's cache;
 * then they take turns at `bench NAME` (A B, B A, A B, …), or at `npm test` where NAME is `test`.
 * For every metric that both write: medians, the ratio with its interval, and the number of rounds.
 * Ctrl-C ends it and all its children; the same command resumes. What both sides share is the form
 * of bench/results/NAME.json and of the tests' closing line, as commit 117143e has them.
 */
import { readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createColors } from "picocolors";
import { sha256 } from "../platform/digests.js";
import { renderError, toShown } from "../cli/render/error.js";
import { PawlError } from "../platform/errors.js";
import { cacheDirectory, packageRoot } from "../platform/program/locations.js";
import { parseArguments, type Arguments } from "./against/arguments.js";
import { disturbance } from "./against/machine.js";
import { reportRounds } from "./against/report.js";
import { KeptRounds, roundOrder, secondsLeft, sideNames, type Round, type SideName } from "./against/rounds.js";
import { benchNames, builtDirectory, ourSide, requireBench, theirSide, type Side } from "./against/side.js";
import { takeTurn } from "./against/turn.js";
import { duration } from "../report/values.js";

type Sides = Record<SideName, Side>;

const repository = packageRoot();
const base = path.join(cacheDirectory(), "against");
const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** Rounds belong together if the sides, what they run, the machine and Node are the same. */
function openRounds({ name, options, again }: Arguments, sides: Sides): KeptRounds {
  const parts = [sides.ours.tree, sides.theirs.tree, name, options, os.cpus()[0]?.model, os.availableParallelism()];
  const id = sha256(JSON.stringify([...parts, process.version])).slice(0, 12);
  return new KeptRounds(path.join(base, `rounds-${name}-${id}.json`), again);
}

async function build(sides: Sides, signal: AbortSignal): Promise<Record<SideName, string>> {
  const directories = { ours: "", theirs: "" };
  for (const side of sideNames) {
    note(`building ${side}: ${sides[side].label}`);
    directories[side] = await builtDirectory(repository, sides[side], base, signal);
  }
  return directories;
}

async function measureRound(args: Arguments, kept: KeptRounds, sides: Record<SideName, string>, signal: AbortSignal) {
  const number = kept.rounds.length;
  const disturbed = await disturbance();
  if (disturbed !== undefined) note(`  warning: the machine is not idle: ${disturbed}`);
  const round: Partial<Round> = {};
  for (const side of roundOrder(number)) {
    note(`round ${number + 1} of ${args.rounds}, ${side}${forecast(args, kept.rounds, round)}`);
    round[side] = await takeTurn(args, sides[side], path.join(base, `${args.name}-${side}.log`), signal);
    note(`  ${duration(round[side].seconds * 1000)}`);
  }
  kept.add(round as Round);
}

function forecast({ rounds }: Arguments, done: readonly Round[], begun: Partial<Round>): string {
  const past = [...done, begun].flatMap((round) =>
    sideNames.flatMap((side) => (round[side] ? [{ side, seconds: round[side].seconds }] : [])),
  );
  const ahead = Array.from({ length: rounds - done.length }, () => sideNames).flat();
  const seconds = secondsLeft(
    ahead.filter((side, i) => i >= 2 || !begun[side]),
    past,
  );
  return seconds === undefined ? "" : `; about ${duration(seconds * 1000)} left`;
}

async function main(signal: AbortSignal): Promise<void> {
  const args = parseArguments(process.argv.slice(2), benchNames(readdirSync(path.join(repository, "bench"))));
  const sides = { theirs: theirSide(repository, args.commit), ours: ourSide(repository) };
  for (const side of sideNames) requireBench(repository, sides[side], args.name);
  const directories = await build(sides, signal);
  const kept = openRounds(args, sides);
  if (kept.rounds.length > 0) note(`${kept.rounds.length} rounds of an earlier call are kept (--again discards them)`);
  try {
    while (kept.rounds.length < args.rounds) await measureRound(args, kept, directories, signal);
  } finally {
    if (kept.rounds.length > 0) reportRounds(args, sides, kept.rounds);
  }
}

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());
try {
  await main(interrupted.signal);
} catch (error) {
  if (interrupted.signal.aborted) {
    note("interrupted; the rounds done are kept, and the same command resumes");
    process.exitCode = 130;
  } else {
    note(renderError(toShown(error), createColors(process.stderr.isTTY)));
    const usage = error instanceof PawlError && ["INPUT_INVALID", "SETUP_FAILED"].includes(error.code);
    process.exitCode = usage ? 2 : 1;
  }
}
