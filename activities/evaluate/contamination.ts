import {
  readAllTexts,
  readDatasetFacts,
  readInstructions,
  readRows,
  readTexts,
  type DatasetRow,
} from "../../formats/dataset.js";
import type { ContaminationMetrics, ContaminationSource } from "../../formats/evaluation.js";
import { pieces } from "../../lm/text/bpe.js";
import { gramWords, HeldOutGrams } from "../../lm/text/grams.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { StageWith } from "../../schemas/stages/index.js";
import { damagedText } from "../../store/records/records.js";
import { findTrainingData } from "../../store/changes/training-data.js";
import { ByteProgress } from "../byte-progress.js";
import type { StageContext } from "../stage.js";

type Settings = StageWith<"evaluate">;
type Limits = Settings["contaminationLimits"];

/** Training text searched between two yields, UTF-16 code units. */
const chunkCharacters = 1 << 18;

/** A dataset that is measured on, and the grams of each of its rows. */
interface HeldOut {
  where: string;
  data: string;
  rows: Int32Array[];
}

/**
 * How many of the rows that a model is measured on, and of their 13-grams, occur in what the model
 * has learned from: every dataset of every training in its lineage. A row occurs there if all of
 * its grams do. Memory is bounded by the held-out rows; training data are read row by row.
 * Undefined if nothing is held out.
 */
export async function measureContamination(
  settings: Settings,
  context: StageContext,
): Promise<ContaminationMetrics | undefined> {
  const grams = new HeldOutGrams();
  const heldOut = await readHeldOut(settings, grams, context);
  if (heldOut.length === 0) return undefined;
  const { datasets, unknown } = await findTrainingData(context.home, settings.model, (damaged) =>
    context.log(damagedText(damaged)),
  );
  if (unknown.length > 0) {
    context.log("contamination: unknown, because the model's training data are not all known", { unknown });
    return { trainingData: "unknown", reasons: unknown };
  }
  await search(grams, datasets, context);
  const sources = heldOut.map((source) => countIn(source, grams));
  const warnings = sources.flatMap((source) => contaminationWarnings(source, settings.contaminationLimits));
  for (const warning of warnings) context.log(`warning: ${warning}`);
  return { trainingData: datasets.map(({ digest }) => digest), ...contaminatedShares(sources), sources, warnings };
}

/**
 * The held-out rows as grams: for comparisons only the prompts, not the other fields of
 * preferences.
 */
async function readHeldOut(settings: Settings, grams: HeldOutGrams, context: StageContext): Promise<HeldOut[]> {
  const { text, questions, comparisons, limit = Infinity } = settings;
  const read = async (name: string, refs: Refs, texts: Texts, most: number): Promise<HeldOut[]> => {
    const sources = refs.map(({ digest }, i): HeldOut => ({ where: `with.${name}[${i}]`, data: digest, rows: [] }));
    let remaining = most;
    for (const [i, ref] of refs.entries())
      for await (const one of texts(await context.openArtifact(ref))) {
        if (remaining-- <= 0) break;
        await context.yield();
        sources[i]!.rows.push(grams.add(one));
      }
    return sources;
  };
  return [
    ...(await read("text", text, readTexts, Infinity)),
    ...(await read("questions", questions, questionTexts, limit)),
    ...(await read("comparisons", comparisons, promptTexts, limit)),
  ];
}

type Refs = readonly ArtifactRef<"dataset">[];
type Texts = (directory: string) => AsyncGenerator<string>;

async function* questionTexts(directory: string): AsyncGenerator<string> {
  for await (const { instruction, response } of readInstructions(directory)) yield `${instruction}\n${response}`;
}

async function* promptTexts(directory: string): AsyncGenerator<string> {
  for await (const row of readRows(directory)) yield rowPrompt(row);
}

function rowPrompt(row: DatasetRow): string {
  if ("prompt" in row) return row.prompt;
  return "instruction" in row ? row.instruction : row.text;
}

/** Marks the grams that occur in the datasets. @throws the signal's reason */
async function search(grams: HeldOutGrams, datasets: Refs, context: StageContext): Promise<void> {
  const progress = new ByteProgress(context, "search training data");
  const directories: string[] = [];
  for (const ref of datasets) directories.push(await context.openArtifact(ref));
  for (const directory of directories) progress.expect((await readDatasetFacts(directory)).bytes);
  for (const directory of directories)
    for await (const text of readAllTexts(directory))
      for (const piece of grams.find(pieces(text, chunkCharacters))) await progress.advance(Buffer.byteLength(piece));
}

function countIn({ where, data, rows }: HeldOut, grams: HeldOutGrams): ContaminationSource {
  const withWords = rows.filter(({ length }) => length > 0);
  const found = withWords.map((numbers) => grams.countFound(numbers));
  return {
    where,
    data,
    rows: withWords.length,
    contaminatedRows: found.filter((count, i) => count === withWords[i]!.length).length,
    grams: total(withWords.map(({ length }) => length)),
    contaminatedGrams: total(found),
    wordlessRows: rows.length - withWords.length,
  };
}

function contaminatedShares(sources: readonly ContaminationSource[]) {
  const share = (part: "contaminatedRows" | "contaminatedGrams", denominator: "rows" | "grams"): number =>
    total(sources.map((source) => source[part])) / Math.max(1, total(sources.map((source) => source[denominator])));
  return {
    contaminatedRows: share("contaminatedRows", "rows"),
    contaminatedGrams: share("contaminatedGrams", "grams"),
  };
}

function contaminationWarnings(source: ContaminationSource, limits: Limits): string[] {
  const { where, rows, contaminatedRows, grams, contaminatedGrams } = source;
  if (contaminatedRows <= limits.rows * rows && contaminatedGrams <= limits.grams * grams) return [];
  const parts = `${contaminatedRows} of ${rows} rows, and ${contaminatedGrams} of ${grams} ${gramWords}-grams`;
  return [`the model's training data contain ${parts} of ${where}`];
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
