import type { ExtensionMetrics } from "../../formats/evaluation.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { measureByPosition } from "../evaluate/by-position.js";
import { measureNeedles, type MeasuredModel } from "../evaluate/needle.js";
import type { StageContext } from "../stage.js";
import { splitDocuments, joinedText, type LongText } from "./data.js";

/** Adds the metrics on held-out text to a context's report. */
export async function measureContext(
  model: MeasuredModel,
  { heldOut }: LongText,
  report: ExtensionMetrics,
  settings: StageWith<"extend-context">,
  context: StageContext,
): Promise<ExtensionMetrics> {
  if (!heldOut) return report;
  const rows =
    settings.steps.find((step) => step.contextLength === report.contextLength)!.batchSize ?? settings.batchSize;
  const measuring = { batchSize: rows, where: "with.heldOut" };
  const byPosition = await measureByPosition(model, splitDocuments(heldOut), measuring, context);
  const { needle } = settings;
  if (!needle) return { ...report, byPosition };
  const lengths = needle.lengths?.filter((length) => length <= report.contextLength) ?? [report.contextLength];
  if (lengths.length === 0) return { ...report, byPosition };
  const found = await measureNeedles(model, joinedText(heldOut), { ...needle, lengths, batchSize: rows }, context);
  return { ...report, byPosition, needle: found };
}
