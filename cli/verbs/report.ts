import { PawlError } from "../../platform/errors.js";
import { findKnownRun, type KnownRun } from "../../report/run/known-run.js";
import { writeComparison, writeReport } from "../../report/write-report.js";
import { homeDirectory } from "../../store/home.js";
import { listRecords } from "../../store/records/runs.js";
import { refuseUnknownStage } from "../../api/reading/recorded-plan.js";
import { tellReport } from "../report-lines.js";
import { pawlVersion } from "../../platform/program/version.js";
import type { Verb } from "../verb.js";

/** Runs that one page compares. */
const maxRuns = 2;

/**
 * `pawl report [RUN…]`: writes the report of a run, or the comparison of two, from the store: no
 * server is needed.
 */
export const report: Verb = (command, terminal) => {
  command
    .argument("[runs...]", "a run, or two runs to compare (default: the latest run)")
    .option("--latest", "the run that was started last")
    .action(async (named: string[], { latest = false }: { latest?: boolean }) => {
      const home = homeDirectory();
      if (named.length > maxRuns || (latest && named.length > 0)) throw tooMany(named, latest);
      const ids = named.length > 0 ? named : [await latestRun(home)];
      const runs: KnownRun[] = [];
      for (const id of ids) runs.push(await knownRun(home, id));
      const [first, second] = runs;
      const now = { nowMs: Date.now(), version: pawlVersion() };
      const written = second
        ? await writeComparison(home, [first!, second], now)
        : await writeReport(home, first!, now);
      if (terminal.json) return terminal.out(JSON.stringify({ runs: ids, ...written }));
      tellReport(written, terminal);
    });
};

/** @throws PawlError RUN_NOT_FOUND */
async function knownRun(home: string, id: string): Promise<KnownRun> {
  await refuseUnknownStage(home, "report", id, undefined);
  return (await findKnownRun(home, id))!;
}

/** @throws PawlError RUN_NOT_FOUND */
async function latestRun(home: string): Promise<string> {
  const newest = (await listRecords(home)).find(({ parent }) => parent === undefined);
  if (newest !== undefined) return newest.runId;
  throw new PawlError("RUN_NOT_FOUND", "the store has no run yet", { where: home, next: "pawl run tiny" });
}

function tooMany(named: readonly string[], latest: boolean): PawlError {
  return new PawlError("NOT_ALLOWED", latest ? "--latest cannot be combined with runs" : "too many runs", {
    expected: `at most ${maxRuns} runs, or --latest`,
    got: named.join(" "),
    next: latest ? "pawl report --latest" : `pawl report ${named.slice(0, maxRuns).join(" ")}`,
  });
}
