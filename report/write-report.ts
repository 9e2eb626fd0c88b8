import { writeRunFile } from "../store/records/runs.js";
import { modelCard } from "./model-card.js";
import { comparisonPage } from "./run-page/compare.js";
import { chartBuckets } from "./run-page/curves.js";
import type { Written } from "./run-page/document.js";
import { runPage } from "./run-page/page.js";
import { refuseUnrecorded, type KnownRun } from "./run/known-run.js";
import { readRunModel, type RunModel } from "./run/model.js";

/** Files that were written. */
export interface WrittenReport {
  /** Absolute. */
  html: string;
  /** The model card, absolute; absent if the run has left no model. */
  card?: string;
}

/** Prompts of a stage that a report shows. */
const maxPrompts = 20;

/** A report as texts. */
export interface ReportTexts {
  html: string;
  /** The model card, Markdown; absent if the run has left no model. */
  card?: string;
}

/** The current report of a run, and its model card. @throws PawlError STORE_UNREADABLE */
export async function reportTexts(home: string, run: KnownRun, written: Written): Promise<ReportTexts> {
  const model = await readModel(home, run);
  const html = runPage(model, written);
  return model.model === undefined ? { html } : { html, card: modelCard(model, model.model, written) };
}

/**
 * Writes the current report of a run, and its model card, into the run's directory; earlier ones
 * are replaced.
 * @throws PawlError STORE_UNREADABLE, also if the run's record is missing or damaged; DISK_FULL
 */
export async function writeReport(home: string, run: KnownRun, written: Written): Promise<WrittenReport> {
  refuseUnrecorded(run);
  const { runId } = run.record;
  const texts = await reportTexts(home, run, written);
  const html = await writeRunFile(home, runId, "report.html", texts.html);
  if (texts.card === undefined) return { html };
  return { html, card: await writeRunFile(home, runId, "report.md", texts.card) };
}

/**
 * Writes the comparison of two runs into the directory of the second one.
 * @throws as `writeReport`
 */
export async function writeComparison(
  home: string,
  runs: readonly [KnownRun, KnownRun],
  written: Written,
): Promise<WrittenReport> {
  runs.forEach(refuseUnrecorded);
  const [before, after] = [await readModel(home, runs[0]), await readModel(home, runs[1])];
  const text = comparisonPage([before, after], written);
  return { html: await writeRunFile(home, after.runId, `report-beside-${before.runId}.html`, text) };
}

const readModel = (home: string, run: KnownRun): Promise<RunModel> =>
  readRunModel(home, run, { buckets: chartBuckets, maxPrompts });
