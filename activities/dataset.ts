import { createDatasetWriter, type DatasetFacts, type DatasetOrigin, type DatasetWriter } from "../formats/dataset.js";
import { PawlError } from "../platform/errors.js";
import { mapBounded } from "../platform/map-bounded.js";
import type { StageWith } from "../schemas/stages/index.js";
import { drops, openRows, type ReadRow, type RowReader } from "./dataset/rows/rows.js";
import { bringSource, type LocalSource } from "./dataset/sources/source.js";
import { everything, splitPosition, RowOrders, type Cut } from "./dataset/rows/split.js";
import type { Stage, StageContext } from "./stage.js";

type Settings = StageWith<"dataset">;

/** Dropped rows by reason, and rows that equal another row. */
type Counts = Record<(typeof drops)[keyof typeof drops] | "beyondLimit" | "cutTurns" | "duplicates", number>;

/**
 * Reads a source into rows and splits off held-out ones by a hash: of a text, or of the question
 * alone, so that no question is on both sides. The same data give the same bytes. A row that cannot
 * be used is dropped and counted, by reason.
 */
export const dataset: Stage<"dataset"> = async (settings, context) => {
  const source = await bringSource(settings.source, context, "with.source");
  const reader = await openRows(source, settings, context);
  try {
    const cut = await findCut(reader, settings, context);
    const origin = datasetOrigin(source, reader);
    const { train, heldOut, metrics } = await writeBoth(reader, origin, settings, cut, context);
    context.log(`read ${source.description}`, { ...metrics, sourceDigest: source.digest });
    return { outputs: { train, heldOut }, metrics };
  } finally {
    await reader.close();
  }
};

/** With a limit, a first pass finds the hash below which rows are taken. */
async function findCut(reader: RowReader, settings: Settings, context: StageContext): Promise<Cut> {
  if (settings.limit === undefined) return everything;
  const orders = new RowOrders();
  for await (const row of watch(reader, context)) if (typeof row === "object") orders.add(splitPosition(row.row).order);
  return orders.cut(settings.limit);
}

function datasetOrigin({ description, digest, license, commit }: LocalSource, { kind }: RowReader): DatasetOrigin {
  return {
    kind,
    source: description,
    ...(commit === undefined ? {} : { commit }),
    sourceDigest: digest,
    ...(license === undefined ? {} : { license }),
  };
}

async function writeBoth(
  reader: RowReader,
  origin: DatasetOrigin,
  settings: Settings,
  cut: Cut,
  context: StageContext,
) {
  const metrics: Record<string, number> = {};
  const writeRows = async (directories: readonly string[]) => {
    const writers: DatasetWriter[] = [];
    let facts: DatasetFacts[];
    try {
      for (const directory of directories) writers.push(createDatasetWriter(directory, origin));
      const [train, heldOut] = writers as [DatasetWriter, DatasetWriter];
      const choose = (side: number) => (side < settings.heldOut ? heldOut : train);
      Object.assign(metrics, await distribute(watch(reader, context), choose, cut));
    } finally {
      facts = await mapBounded(writers, writers.length, (writer) => writer.close());
    }
    const [train, heldOut] = facts as [DatasetFacts, DatasetFacts];
    metrics["trainRows"] = train.rows;
    metrics["heldOutRows"] = heldOut.rows;
    metrics["bytes"] = train.bytes + heldOut.bytes;
    checkNotEmpty(origin.source, settings, metrics);
  };
  const [train, heldOut] = await putBoth(context, writeRows);
  return { train: train!, heldOut: heldOut!, metrics };
}

/** Puts two artifacts that one pass fills. They are forced to the disk at the same time. */
async function putBoth(context: StageContext, write: (directories: readonly string[]) => Promise<void>) {
  const directories: string[] = [];
  let open = 2;
  let [fill, fail]: [(filled: Promise<void>) => void, (error: unknown) => void] = [() => undefined, () => undefined];
  const filled = new Promise<void>((resolve, reject) => ([fill, fail] = [resolve, reject]));
  filled.catch(() => undefined);
  const put = async (side: number) => {
    try {
      return await context.putArtifact("dataset", (directory) => {
        directories[side] = directory;
        if (--open === 0) fill(write(directories));
        return filled;
      });
    } catch (error) {
      // Without its directory, the other one would wait forever.
      fail(error);
      throw error;
    }
  };
  return mapBounded([0, 1], 2, put);
}

async function distribute(
  rows: AsyncIterable<ReadRow>,
  choose: (side: number) => DatasetWriter,
  cut: Cut,
): Promise<Counts> {
  const none = Object.fromEntries(Object.values(drops).map((name) => [name, 0])) as Counts;
  const counts: Counts = { ...none, beyondLimit: 0, cutTurns: 0, duplicates: 0 };
  const orders = new RowOrders();
  let ofLast = cut.ofLast;
  for await (const read of rows) {
    if (typeof read === "string") counts[drops[read]] += 1;
    else {
      const { side, order } = splitPosition(read.row);
      if (order > cut.last || (order === cut.last && ofLast-- <= 0)) {
        counts.beyondLimit += 1;
        continue;
      }
      orders.add(order);
      if (read.isCut) counts.cutTurns += 1;
      await choose(side).write(read.row);
    }
  }
  return { ...counts, duplicates: orders.duplicates() };
}

/** The rows; yields at intervals. */
async function* watch(reader: RowReader, context: StageContext): AsyncGenerator<ReadRow> {
  let count = 0;
  for await (const row of reader.read()) {
    if (++count % 1000 === 0) await context.yield();
    yield row;
  }
}

function checkNotEmpty(where: string, settings: Settings, metrics: Record<string, number>): void {
  if (metrics["trainRows"]! > 0) return;
  const dropped = Object.values(drops).filter((name) => metrics[name]! > 0);
  const allHeldOut = metrics["heldOutRows"]! > 0;
  throw new PawlError("DATA_EMPTY", "no rows remain to train on", {
    where,
    expected: "at least one row with text in every field",
    got: [`${metrics["heldOutRows"]} rows held out`, ...dropped.map((name) => `${name}: ${metrics[name]}`)].join(", "),
    next: allHeldOut
      ? `cut the text into smaller rows (unit), or lower heldOut (${settings.heldOut})`
      : "check the source, the query and the columns",
  });
}
