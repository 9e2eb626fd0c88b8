import { readFileSync } from "node:fs";
import path from "node:path";
import { graphFeaturize } from "../../../activities/graph-featurize.js";
import { openTable } from "../../../activities/tables/open.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { TestContext } from "../../support/stage-context.js";
import { fillSettings } from "../../support/datasets.js";

/** Runs graph-featurize. */
export async function featurize(context: TestContext, settings: object) {
  const { outputs, metrics } = await graphFeaturize(fillSettings("graph-featurize", settings), context);
  const directory = await context.openArtifact(outputs.features);
  const read = (name: string) => readFileSync(path.join(directory, name));
  return { outputs, metrics, directory, read, csv: read("features.csv").toString() };
}

/** A table artifact as columns of text. */
export async function readTableColumns(
  context: TestContext,
  table: ArtifactRef<"table">,
): Promise<Record<string, (string | undefined)[]>> {
  const opened = await openTable({ table, format: "auto" }, "table", context);
  const columns: Record<string, (string | undefined)[]> = Object.fromEntries(opened.columns.map((name) => [name, []]));
  for await (const cells of opened.chunks(opened.columns))
    opened.columns.forEach((name, i) => columns[name]!.push(...cells[i]!));
  await opened.close();
  return columns;
}
