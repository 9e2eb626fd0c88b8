import { open } from "node:fs/promises";
import { join } from "node:path";
import { readVersioned, writeJson } from "./json-file.js";
import { readInto } from "./read-into.js";

/**
 * A checkpoint of features: the columns of finished groups, and the progress of the current group.
 * `state.json` describes `values.f64`: doubles, one array after the other, in this machine's order
 * of bytes.
 */
export interface FeatureState {
  finished: { group: string; columns: Float64Array[]; notConverged: boolean }[];
  /** The current group: the sums of its first `done` sources. */
  current?: { group: string; done: number; sums: Float64Array };
}

const format = 1;

interface StateFile {
  finished: { group: string; lengths: number[]; notConverged: boolean }[];
  current?: { group: string; done: number; length: number };
}

/** Writes a checkpoint into an empty directory. */
export async function writeFeatureState(directory: string, { finished, current }: FeatureState): Promise<void> {
  const arrays = [...finished.flatMap(({ columns }) => columns), ...(current ? [current.sums] : [])];
  const file = await open(join(directory, "values.f64"), "wx");
  try {
    for (const { buffer, byteOffset, byteLength } of arrays)
      await file.appendFile(new Uint8Array(buffer, byteOffset, byteLength));
  } finally {
    await file.close();
  }
  await writeJson(join(directory, "state.json"), {
    format,
    finished: finished.map(({ columns, ...rest }) => ({ ...rest, lengths: columns.map(({ length }) => length) })),
    ...(current && { current: { group: current.group, done: current.done, length: current.sums.length } }),
  });
}

/** @throws PawlError CHECKPOINT_MISMATCH if another version of Pawl wrote it */
export async function readFeatureState(directory: string): Promise<FeatureState> {
  const facts = await readVersioned<StateFile>(join(directory, "state.json"), format);
  const handle = await open(join(directory, "values.f64"), "r");
  try {
    let at = 0;
    const take = async (length: number): Promise<Float64Array> => {
      const values = new Float64Array(length);
      at += await readInto(handle, values, at);
      return values;
    };
    const finished: FeatureState["finished"] = [];
    for (const { lengths, ...rest } of facts.finished) {
      const columns: Float64Array[] = [];
      for (const length of lengths) columns.push(await take(length));
      finished.push({ ...rest, columns });
    }
    if (facts.current === undefined) return { finished };
    const { group, done, length } = facts.current;
    return { finished, current: { group, done, sums: await take(length) } };
  } finally {
    await handle.close();
  }
}
