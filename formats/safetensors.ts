import { closeSync, openSync, readSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { PawlError } from "../platform/errors.js";
import { isObject } from "../platform/json.js";
import { readInto } from "./read-into.js";

/** A tensor's value, row-major. */
export interface StoredTensor {
  dtype: "float32" | "int32";
  shape: number[];
  data: Float32Array | Int32Array;
}
export type StoredTensors = Record<string, StoredTensor>;

/** A tensor in a file. */
export interface TensorInFile extends StoredTensor {
  /**
   * At most `most` of its values: all, or evenly spaced pieces of it in their order. Reads no
   * others.
   */
  sample(most: number): Promise<Float32Array | Int32Array>;
}

/**
 * The safetensors format (huggingface/safetensors): 8 bytes little-endian length of the header, the
 * header as JSON (name → dtype, shape, byte range), then the values, little-endian. F32 and I32 are
 * written; F16 and BF16 are read as float32.
 */
interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}
const typeNames = { float32: "F32", int32: "I32" } as const;
/** Types that are read, and bytes of a value. */
const widths: Readonly<Record<string, 2 | 4>> = { F32: 4, I32: 4, F16: 2, BF16: 2 };
/** The format's own bound on the header, bytes. */
const largestHeader = 100_000_000;
/** Systems read and write at most 2 GiB in one call. */
const largestPiece = 1 << 26;
/** Pieces of a sample. */
const samplePieces = 64;

/**
 * Writes tensors in their order of insertion; equal tensors give equal bytes. Each tensor's `data`
 * are read once, when its turn comes, so that tensors which are computed then need not be in memory
 * together.
 */
export async function writeSafetensors(
  file: string,
  tensors: StoredTensors,
  metadata: Record<string, string> = { format: "pt" },
): Promise<void> {
  const header: Record<string, HeaderEntry | Record<string, string>> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape }] of Object.entries(tensors)) {
    const end = offset + 4 * elementCount(shape);
    header[name] = { dtype: typeNames[dtype], shape, data_offsets: [offset, end] };
    offset = end;
  }
  const handle = await open(file, "wx");
  try {
    await handle.appendFile(encodeHeader(header));
    for (const [name, tensor] of Object.entries(tensors)) await appendValues(handle, `${file}: ${name}`, tensor);
  } finally {
    await handle.close();
  }
}

const elementCount = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

async function appendValues(handle: FileHandle, where: string, tensor: StoredTensor): Promise<void> {
  const { data } = tensor;
  if (data.length !== elementCount(tensor.shape))
    throw new PawlError("INTERNAL", "the number of a tensor's values does not match its shape", {
      where,
      expected: `${elementCount(tensor.shape)} values`,
      got: `${data.length}`,
    });
  for (let at = 0; at < data.byteLength; at += largestPiece)
    await handle.appendFile(
      new Uint8Array(data.buffer, data.byteOffset + at, Math.min(largestPiece, data.byteLength - at)),
    );
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

type Invalid = (message: string, got?: string) => PawlError;

/**
 * Reads a file's header. Each tensor's values are read from its range in the file whenever its
 * `data` are accessed, and are not kept: the file must exist as long as they are accessed.
 * @throws PawlError MODEL_INVALID if the file is truncated, its ranges do not fit, or a type is
 *   none of F32, I32, F16, BF16
 */
export async function readSafetensors(file: string): Promise<Record<string, TensorInFile>> {
  const invalid: Invalid = (message, got) =>
    new PawlError("MODEL_INVALID", message, { where: file, ...(got === undefined ? {} : { got }) });
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size < 8) throw invalid("the file is too short to be safetensors", `${size} bytes`);
    const headerLength = Number((await readPiece(handle, 0, 8)).readBigUInt64LE(0));
    if (headerLength > largestHeader || 8 + headerLength > size)
      throw invalid("the header is longer than the file", `${headerLength} bytes`);
    const header = parseHeader((await readPiece(handle, 8, headerLength)).toString("utf8"), invalid);
    const begin = 8 + headerLength;
    const tensors: Record<string, TensorInFile> = {};
    for (const [name, entry] of Object.entries(header))
      if (name !== "__metadata__") tensors[name] = readTensor(file, name, entry, { begin, size }, invalid);
    return tensors;
  } finally {
    await handle.close();
  }
}

async function readPiece(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const piece = Buffer.alloc(length);
  await readInto(handle, piece, from);
  return piece;
}

function parseHeader(text: string, invalid: Invalid): Record<string, HeaderEntry> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw invalid("the header is not JSON");
  }
  if (isObject(header)) return header as unknown as Record<string, HeaderEntry>;
  throw invalid("the header is not a JSON object");
}

function readTensor(
  file: string,
  name: string,
  entry: HeaderEntry,
  { begin, size }: { begin: number; size: number },
  invalid: Invalid,
): TensorInFile {
  const { dtype, shape } = entry;
  const width = widths[dtype];
  if (width === undefined) throw invalid(`${name}: only ${Object.keys(widths).join(", ")} can be read`, dtype);
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  const [start, end] = Array.isArray(entry.data_offsets) ? entry.data_offsets : [NaN, NaN];
  const fits = isShape && start >= 0 && end - start === elementCount(shape) * width && begin + end <= size;
  if (!fits) throw invalid(`${name}: the byte range does not fit shape and file`, `${start}–${end} of ${size - begin}`);
  const tensor: StoredTensor = {
    dtype: dtype === "I32" ? "int32" : "float32",
    shape,
    get data() {
      return decodeValues(dtype, readRange(file, begin + start, end - start));
    },
  };
  const sample: TensorInFile["sample"] = async (most) =>
    decodeValues(dtype, await readSample(file, begin + start, { count: elementCount(shape), width, most }));
  // Not enumerable: tensors are compared, and copied, by what else they have.
  return Object.defineProperty(tensor, "sample", { value: sample }) as TensorInFile;
}

/**
 * Bytes of values that are evenly spaced pieces of a range.
 * @param from where the range begins in the file, bytes
 */
async function readSample(
  file: string,
  from: number,
  { count, width, most }: { count: number; width: number; most: number },
): Promise<ArrayBuffer> {
  const pieces = count <= most ? 1 : Math.min(samplePieces, most);
  const length = Math.floor(Math.min(count, most) / pieces);
  const bytes = new Uint8Array(pieces * length * width);
  const handle = await open(file, "r");
  try {
    for (let i = 0; i < pieces; i++) {
      const at = Math.floor((i * (count - length)) / Math.max(1, pieces - 1));
      const piece = bytes.subarray(i * length * width, (i + 1) * length * width);
      if ((await readInto(handle, piece, from + at * width)) < piece.length) throw shorter(file);
    }
  } finally {
    await handle.close();
  }
  return bytes.buffer;
}

const shorter = (file: string): PawlError =>
  new PawlError("MODEL_INVALID", "the file has become shorter", { where: file });

/**
 * Bytes of a file, in separate memory.
 * @throws PawlError MODEL_INVALID if the file has become shorter; system errors
 */
function readRange(file: string, from: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  const descriptor = openSync(file, "r");
  try {
    for (let at = 0; at < length;) {
      const read = readSync(descriptor, bytes, at, Math.min(largestPiece, length - at), from + at);
      if (read === 0) throw shorter(file);
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes.buffer;
}

function decodeValues(dtype: string, bytes: ArrayBuffer): Float32Array | Int32Array {
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype === "I32") return new Int32Array(bytes);
  const halves = new Uint16Array(bytes);
  const values = new Float32Array(halves.length);
  if (dtype === "BF16") {
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  } else for (let i = 0; i < halves.length; i++) values[i] = fromHalf(halves[i]!);
  return values;
}

/** The value of an IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
