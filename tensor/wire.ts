/**
 * Protocol Buffers wire format, write side (protobuf.dev/programming-guides/encoding): just enough to write a
 * TensorFlow graph. A message is a list of fields; a field is its bytes.
 */
export type Field = Uint8Array;

/** An integer, enum or bool field. */
export function integer(field: number, value: number | bigint | boolean): Field {
  return concatenate([varint(BigInt(field) << 3n), varint(BigInt(value))]);
}

/** A float field. */
export function float(field: number, value: number): Field {
  return concatenate([varint((BigInt(field) << 3n) | 5n), new Uint8Array(Float32Array.of(value).buffer)]);
}

/** A bytes field. */
export function bytes(field: number, value: Uint8Array): Field {
  return concatenate([varint((BigInt(field) << 3n) | 2n), varint(BigInt(value.length)), value]);
}

/** A string field. */
export function text(field: number, value: string): Field {
  return bytes(field, new TextEncoder().encode(value));
}

/** A nested message. */
export function message(field: number, fields: readonly Field[]): Field {
  return bytes(field, concatenate(fields));
}

/** A packed list of integers. */
export function integers(field: number, values: readonly number[]): Field {
  return bytes(field, concatenate(values.map((value) => varint(BigInt(value)))));
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Negative numbers take ten bytes, as 64-bit two's complement. */
function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}
