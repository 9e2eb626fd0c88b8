import { open, readFile } from "node:fs/promises";
import { PawlError } from "../platform/errors.js";

/** A tensor's value, row-major. */
export interface StoredTensor {
  dtype: "float32" | "int32";
  shape: number[];
  data: Float32Array | Int32Array;
}
export type StoredTensors = Record<string, StoredTensor>;

/**
 * The safetensors format (huggingface/safetensors): 8 bytes little-endian length of the header, the header as JSON
 * (name → dtype, shape, byte range), then the values, little-endian. Here only F32 and I32.
 */
interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}
const typeNames = { float32: "F32", int32: "I32" } as const;
/** The format's own bound on the header, bytes. */
const largestHeader = 100_000_000;

/** Writes tensors in their order of insertion; equal tensors give equal bytes. */
export async function writeSafetensors(
  file: string,
  tensors: StoredTensors,
  metadata: Record<string, string> = { format: "pt" },
): Promise<void> {
  const header: Record<string, HeaderEntry | Record<string, string>> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: typeNames[dtype], shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const handle = await open(file, "wx");
  try {
    await handle.appendFile(encodeHeader(header));
    for (const { data } of Object.values(tensors))
      await handle.appendFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  } finally {
    await handle.close();
  }
}

/** Length and header, padded with spaces so that the values begin at a multiple of 8. */
function encodeHeader(header: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(header), "utf8");
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, " ");
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(bytes, 8);
  return bytes;
}

/**
 * Reads a file whole.
 * @throws PawlError MODEL_INVALID where the file is cut short, its ranges do not fit, or a type is another than F32, I32
 */
export async function readSafetensors(file: string): Promise<StoredTensors> {
  const bytes = await readFile(file);
  const invalid = (message: string, got?: string): PawlError =>
    new PawlError("MODEL_INVALID", message, { where: file, ...(got === undefined ? {} : { got }) });
  if (bytes.length < 8) throw invalid("the file is too short to be safetensors", `${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  if (headerLength > largestHeader || 8 + headerLength > bytes.length)
    throw invalid("the header is longer than the file", `${headerLength} bytes`);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength).toString("utf8"), invalid);
  const values = bytes.subarray(8 + headerLength);
  const tensors: StoredTensors = {};
  for (const [name, entry] of Object.entries(header))
    if (name !== "__metadata__") tensors[name] = readTensor(name, entry, values, invalid);
  return tensors;
}

function parseHeader(text: string, invalid: (message: string) => PawlError): Record<string, HeaderEntry> {
  try {
    return JSON.parse(text) as Record<string, HeaderEntry>;
  } catch {
    throw invalid("the header is not JSON");
  }
}

function readTensor(
  name: string,
  { dtype, shape, data_offsets: [start, end] }: HeaderEntry,
  values: Buffer,
  invalid: (message: string, got?: string) => PawlError,
): StoredTensor {
  const size = shape.reduce((product, n) => product * n, 1);
  if (dtype !== "F32" && dtype !== "I32") throw invalid(`${name}: only F32 and I32 can be read`, dtype);
  if (end - start !== size * 4 || start < 0 || end > values.length)
    throw invalid(`${name}: the byte range does not fit shape and file`, `${start}–${end} of ${values.length}`);
  const copy = new Uint8Array(size * 4);
  copy.set(values.subarray(start, end));
  return dtype === "F32"
    ? { dtype: "float32", shape, data: new Float32Array(copy.buffer) }
    : { dtype: "int32", shape, data: new Int32Array(copy.buffer) };
}
