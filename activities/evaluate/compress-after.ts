import { readDatasetFacts, readTexts } from "../../formats/dataset.js";
import type { TextMetrics } from "../../formats/evaluation.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { ByteProgress } from "../byte-progress.js";
import type { StageContext } from "../stage.js";
import { brotliSizeAfter, maxLookBack } from "./brotli-size.js";

/**
 * What Brotli needs for a text once it has read training text: as much of it as its window holds,
 * which may be only the last rows.
 * @param bytes of the text as its documents have them, by which all rates divide
 * @throws the signal's reason
 */
export async function compressAfter(
  text: Buffer,
  bytes: number,
  refs: readonly ArtifactRef<"dataset">[],
  context: StageContext,
): Promise<Pick<TextMetrics, "brotliTrainedBitsPerByte" | "compressorRead">> {
  const directories: string[] = [];
  for (const ref of refs) directories.push(await context.openArtifact(ref));
  let total = 0;
  for (const directory of directories) {
    const facts = await readDatasetFacts(directory);
    // A line end after each row, and one between two fields.
    total += facts.bytes + 2 * facts.rows;
  }
  const read = { bytes: 0, leftOut: 0, data: refs.map(({ digest }) => digest) };
  const progress = new ByteProgress(context, "compress text after training text");
  progress.expect(Math.min(total, maxLookBack) + text.length);
  const before = lastRows(directories, total - maxLookBack, read);
  const size = await brotliSizeAfter(text, before, Math.min(total, maxLookBack), {
    yield: () => context.yield(),
    advance: (done) => progress.advance(done),
  });
  if (read.leftOut > 0)
    context.log("Brotli has read the last rows of compressorReads only: its window holds no more", { ...read });
  return { brotliTrainedBitsPerByte: (size * 8) / bytes, compressorRead: read };
}

/** Bytes that are written together. */
const partBytes = 1 << 18;

/** Rows, each with a line end, without the first ones of about `leaveOut` bytes; counts both. */
export async function* lastRows(
  directories: readonly string[],
  leaveOut: number,
  read: { bytes: number; leftOut: number },
): AsyncGenerator<Buffer> {
  let rows: Buffer[] = [];
  let bytes = 0;
  for (const directory of directories)
    for await (const text of readTexts(directory)) {
      const row = Buffer.from(`${text}\n`, "utf8");
      if (read.leftOut < leaveOut) {
        read.leftOut += row.length;
        continue;
      }
      read.bytes += row.length;
      rows.push(row);
      bytes += row.length;
      if (bytes < partBytes) continue;
      yield Buffer.concat(rows);
      [rows, bytes] = [[], 0];
    }
  yield Buffer.concat(rows);
}
