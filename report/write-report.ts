import { writeRunFile } from "../store/index.js";
import { modelCard } from "./model-card.js";
import { comparisonPage } from "./run-page/compare.js";
import { runPage, type Written } from "./run-page/index.js";
import { chartBuckets } from "./run-page/line-chart.js";
import type { KnownRun } from "./run/known-run.js";
import { readRunModel, type RunModel } from "./run/model.js";

/** Files that were written. */
export interface WrittenReport {
  /** Absolute. */
  html: string;
  /** The model card, absolute; absent if the run has left no model. */
  card?: string;
}

/** Prompts of a stage that a report shows. */
const mostPrompts = 20;

/**
 * Writes the current report of a run, and its model card, into the run's directory; earlier ones are replaced.
 * @throws PawlError STORE_UNREADABLE, DISK_FULL
 */
export async function writeReport(home: string, run: KnownRun, written: Written): Promise<WrittenReport> {
  const model = await modelOf(home, run);
  const { runId } = model;
  const html = await writeRunFile(home, runId, "report.html", await runPage(model, written));
  if (model.model === undefined) return { html };
  return { html, card: await writeRunFile(home, runId, "report.md", modelCard(model, model.model, written)) };
}

/** Writes the comparison of two runs into the directory of the second one. @throws as `writeReport` */
export async function writeComparison(
  home: string,
  runs: readonly [KnownRun, KnownRun],
  written: Written,
): Promise<WrittenReport> {
  const [before, after] = [await modelOf(home, runs[0]), await modelOf(home, runs[1])];
  const text = comparisonPage([before, after], written);
  return { html: await writeRunFile(home, after.runId, `report-beside-${before.runId}.html`, text) };
}

const modelOf = (home: string, run: KnownRun): Promise<RunModel> =>
  readRunModel(home, run, { buckets: chartBuckets, mostPrompts });
