import { dictionaryFile, readDictionary } from "../../formats/dictionary.js";
import { readNumericColumns, readTableFacts, tableFactsFile } from "../../formats/table.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { openArtifactFile } from "../../store/artifacts/artifacts.js";
import { readArtifactManifest } from "../../store/artifacts/find-artifact.js";
import { histogram, type Histogram } from "../graph-page/histogram.js";

/** A table of features, which a dictionary describes. */
export interface FeatureTable {
  stage: string;
  description: string;
  rows: number;
  /** Columns that the dictionary describes as features. */
  features: number;
  /** The first ones. */
  shown: { name: string; meaning: string; histogram: Histogram }[];
  /** Rows that the distributions are of. */
  rowsRead: number;
}

/** Features whose distribution is shown. */
const maxShown = 24;
/** Rows that distributions are of. */
const maxRows = 100_000;

/**
 * A table of features; undefined if the artifact has no dictionary.
 * @throws PawlError of the artifact
 */
export async function readFeatureTable(
  home: string,
  stage: string,
  ref: ArtifactRef,
): Promise<FeatureTable | undefined> {
  const { files } = await readArtifactManifest(home, ref.digest);
  if (!files.some(({ path }) => path === dictionaryFile)) return undefined;
  const facts = await readTableFacts(await openArtifactFile(home, ref, tableFactsFile));
  const entries = await readDictionary(await openArtifactFile(home, ref, dictionaryFile));
  const numeric = new Set(facts.columns.flatMap(({ name, type }) => (type === "text" ? [] : [name])));
  const features = entries.filter(({ name, group }) => group !== "nodes" && numeric.has(name));
  const first = features.slice(0, maxShown);
  const directory = await openArtifactFile(home, ref, facts.file);
  const names = first.map(({ name }) => name);
  const columns = names.length === 0 ? [] : await readNumericColumns(directory, facts, names, maxRows);
  return {
    ...{ stage, description: facts.description, rows: facts.rows, features: features.length },
    shown: first.map(({ name, meaning }, i) => ({ name, meaning, histogram: histogram(columns[i]!) })),
    rowsRead: columns[0]?.length ?? 0,
  };
}
