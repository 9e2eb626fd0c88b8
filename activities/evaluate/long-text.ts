import { readTexts } from "../../formats/dataset.js";
import type { Evaluation } from "../../formats/evaluation.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";
import { collect } from "./ask.js";
import { measureByPosition } from "./by-position.js";
import { measureNeedles } from "./needle.js";

/** Measures a model on long text: bits per byte by position, and needles. */
export async function measureLongText(
  model: OpenModel,
  settings: StageWith<"evaluate">,
  context: StageContext,
): Promise<Pick<Evaluation, "byPosition" | "needle">> {
  const documents = await model.tokenizer.encodeBatch(await collect(settings.text, readTexts, "with.text", context));
  const { batchSize, needle } = settings;
  const parts: Pick<Evaluation, "byPosition" | "needle"> = {};
  if (settings.byPosition)
    parts.byPosition = await measureByPosition(model, documents, { batchSize, where: "with.text" }, context);
  if (needle) parts.needle = await measureNeedles(model, documents.flat(), { ...needle, batchSize }, context);
  return parts;
}
