import { InvalidArgumentError } from "commander";
import { PawlError } from "../../platform/errors.js";
import { durationMs, isDuration } from "../../schemas/duration.js";
import { collectGarbage, type GcKind, type GcReason } from "../../store/collection/gc.js";
import { homeDirectory } from "../../store/home.js";
import { wholeNumber } from "../options.js";
import { table } from "../render/table.js";
import { shortNumber } from "../../report/values.js";
import type { Verb } from "../verb.js";

const usualAge = "30d";
/** Newer things may belong to what is just happening, and clocks of machines differ. */
const minAge = "1h";
const usualRuns = 10;

const kinds: Record<GcKind, string> = {
  temporary: "temporary files",
  run: "runs",
  result: "results",
  artifact: "artifacts",
  metrics: "metrics",
  checkpoint: "checkpoints",
  damaged: "damaged files",
};

interface Options {
  older?: string;
  keep?: number;
  dryRun?: boolean;
}

/** `pawl gc`: removes from the store what no run, and no recent result, can reach. */
export const gc: Verb = (command, terminal) => {
  command
    .option(
      "--older <duration>",
      `time without use (default: ${usualAge}, and no runs); if given, succeeded runs too`,
      age,
    )
    .option("--keep <count>", `with --older: newest runs that stay in any case (default: ${usualRuns})`, wholeNumber(0))
    .option("--dry-run", "print what would be removed, and remove nothing")
    .action(async ({ older, keep, dryRun = false }: Options) => {
      if (keep !== undefined && older === undefined) throw keepAlone(keep);
      const beforeMs = Date.now() - durationMs(older ?? usualAge);
      const keepRuns = older === undefined ? {} : { keepRuns: keep ?? usualRuns };
      const { rows, runs } = await collectGarbage(homeDirectory(), { beforeMs, ...keepRuns, dryRun });
      const removed = rows.filter((row) => row.removed);
      const bytes = removed.reduce((sum, row) => sum + row.bytes, 0);
      const reasons = reasonTexts(older ?? usualAge);
      const rowsWithReasons = rows.map(({ why: reason, ...row }) => ({ ...row, reason, why: reasons[reason] }));
      if (terminal.json) return terminal.out(JSON.stringify({ dryRun, bytes, runs, rows: rowsWithReasons }));
      const { colors } = terminal;
      const verb = dryRun ? "would go" : "removed";
      const cells = rowsWithReasons.map(({ kind, removed, number, bytes, why }) => [
        ...[kinds[kind], removed ? colors.yellow(verb) : "kept"],
        ...[shortNumber(number), shortNumber(bytes), why],
      ]);
      if (cells.length > 0) terminal.out(`${table(["kind", "", "number", "bytes", "why"], cells, colors)}\n`);
      for (const run of runs) terminal.out(`${verb}: run ${run}`);
      terminal.out(
        `${shortNumber(bytes)} bytes ${dryRun ? "would be freed\n  next: the same without --dry-run" : "freed"}`,
      );
    });
};

function reasonTexts(older: string): Record<GcReason, string> {
  return {
    run: "a run that stays reaches them",
    recent: `used in the last ${older}`,
    underWay: "written while a run was under way that has not succeeded",
    otherVersion: "written by another version of Pawl, or named there",
    unreached: `nothing reaches them, and they were not used for ${older}`,
    old: `older than ${older}`,
    newest: "among the newest runs (--keep)",
    resumable: "not succeeded: they continue, or can be resumed",
    unasked: "succeeded; only --older removes runs",
    leftover: "left behind by processes that no longer exist",
    elsewhere: "of processes on other machines, which may be running; workers remove them once their lease has ended",
  };
}

/** Throws InvalidArgumentError. */
function age(text: string): string {
  if (isDuration(text) && durationMs(text) >= durationMs(minAge)) return text;
  throw new InvalidArgumentError(`It must be a duration of at least ${minAge}: 12h, 30d.`);
}

function keepAlone(keep: number): PawlError {
  return new PawlError("MISSING_KEY", "--keep needs --older: without it no run is removed", {
    expected: "--older and a duration",
    next: `pawl gc --older ${usualAge} --keep ${keep}`,
  });
}
