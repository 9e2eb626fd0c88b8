import { greatest } from "../../platform/extremes.js";
import type { HostTensor, HostTensors } from "../../tensor/program.js";

/** Tokens that are read together: `length` of each of `lanes` prompts, put into `fan` rows each. */
export interface ReadShape {
  lanes: number;
  length: number;
  fan: number;
}

type Kind = "readFew" | "readMany" | "readLong";
/** The shapes of a session's steps that read. */
export type ReadShapes = Partial<Record<Kind, ReadShape>> & { readFew: ReadShape };

/** The part of a prompt that is still to be read. */
export interface Lane {
  /** Rows that it is put into. */
  rows: readonly number[];
  /** Tokens before it that these rows hold. */
  held: number;
  rest: readonly number[];
}

/**
 * Shapes for few prompts, for as many as a full session holds, and for longer parts of long
 * prompts: at most 2,048 tokens in one call.
 */
export function readShapes({
  rows,
  tokens,
  samples = 1,
}: {
  rows: number;
  tokens: number;
  samples?: number;
}): ReadShapes {
  const lanes = Math.ceil(rows / samples);
  const shape = (most: number, length: number): ReadShape => ({ lanes: Math.min(lanes, most), length, fan: samples });
  return {
    readFew: shape(8, 32),
    ...(lanes > 8 && { readMany: shape(64, 32) }),
    ...(tokens > 32 && { readLong: shape(16, 128) }),
  };
}

/**
 * The calls that read all lanes, in their order: chunks of some lanes after each other, then the
 * next ones.
 */
export function* readChunks(
  lanes: readonly Lane[],
  shapes: ReadShapes,
): Generator<{ name: Kind; inputs: HostTensors }> {
  for (let from = 0; from < lanes.length;) {
    const remaining = lanes.slice(from);
    const [name, shape] = shapeFor(shapes, remaining);
    const some = remaining.slice(0, shape.lanes);
    const longest = longestRest(some);
    for (let start = 0; start < longest; start += shape.length) yield { name, inputs: chunkInputs(some, start, shape) };
    from += some.length;
  }
}

function shapeFor({ readFew, readMany, readLong }: ReadShapes, lanes: readonly Lane[]): [Kind, ReadShape] {
  if (readLong && longestRest(lanes) > readFew.length) return ["readLong", readLong];
  return readMany && lanes.length > readFew.lanes ? ["readMany", readMany] : ["readFew", readFew];
}

function longestRest(lanes: readonly Lane[]): number {
  return greatest(lanes.map(({ rest }) => rest.length));
}

function chunkInputs(lanes: readonly Lane[], start: number, shape: ReadShape): HostTensors {
  const { length, fan } = shape;
  const tokens = new Int32Array(shape.lanes * length);
  const positions = new Int32Array(shape.lanes * length).fill(-1);
  const source = new Int32Array(shape.lanes);
  const targets = new Int32Array(shape.lanes * fan).fill(-1);
  lanes.forEach(({ rows, held, rest }, lane) => {
    const part = rest.slice(start, start + length);
    tokens.set(part, lane * length);
    part.forEach((_, i) => (positions[lane * length + i] = held + start + i));
    source[lane] = rows[0]!;
    if (part.length > 0) targets.set(rows, lane * fan);
  });
  return {
    tokens: integers([shape.lanes, length], tokens),
    positions: integers([shape.lanes, length], positions),
    source: integers([shape.lanes], source),
    targets: integers([shape.lanes, fan], targets),
  };
}

function integers(shape: number[], data: Int32Array): HostTensor {
  return { dtype: "int32", shape, data };
}
