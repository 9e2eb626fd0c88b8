/**
 * The wire format of Protocol Buffers, for TensorFlow's graphs: a message is a list of fields, a
 * field is its bytes.
 */
import protobuf from "protobufjs/minimal.js";

export type Field = Uint8Array;

const wireTypes = { varint: 0, length: 2, fixed32: 5 } as const;

const begin = (field: number, type: keyof typeof wireTypes): protobuf.Writer =>
  protobuf.Writer.create().uint32((field << 3) | wireTypes[type]);

/** An integer, enum or bool field. */
export const integer = (field: number, value: number | boolean): Field =>
  begin(field, "varint").int64(Number(value)).finish();

export const float = (field: number, value: number): Field => begin(field, "fixed32").float(value).finish();

export const bytes = (field: number, value: Uint8Array): Field => begin(field, "length").bytes(value).finish();

export const text = (field: number, value: string): Field => begin(field, "length").string(value).finish();

/** A nested message. */
export const message = (field: number, fields: readonly Field[]): Field => bytes(field, concatenate(fields));

/** A packed list of integers. */
export function integers(field: number, values: readonly number[]): Field {
  const packed = protobuf.Writer.create();
  for (const value of values) packed.int64(value);
  return bytes(field, packed.finish());
}

export const concatenate = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
