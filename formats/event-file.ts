/**
 * The event files of TensorBoard: records of TensorFlow's TFRecord format, each an `Event` (tensorflow/core/util/event.proto)
 * with scalars in a `Summary`. A record is the length of its data (8 bytes, little endian), the masked CRC-32C of these
 * 8 bytes, the data, and the masked CRC-32C of the data.
 */

/** The scalars of one step. */
export interface ScalarEvent {
  step: number;
  /** By tag; single precision. */
  values: Readonly<Record<string, number>>;
}

/** The first record of a file: its version. @param wallTime seconds since 1970; TensorBoard only shows it */
export function versionRecord(wallTime: number): Buffer {
  return record(Buffer.concat([double(1, wallTime), bytes(3, Buffer.from("brain.Event:2"))]));
}

/** @param wallTime seconds since 1970; TensorBoard only shows it */
export function scalarRecord({ step, values }: ScalarEvent, wallTime: number): Buffer {
  const summary = Object.entries(values).map(([tag, value]) =>
    bytes(1, Buffer.concat([bytes(1, Buffer.from(tag)), float(2, value)])),
  );
  return record(
    Buffer.concat([double(1, wallTime), tagOf(2, 0), variableInteger(step), bytes(5, Buffer.concat(summary))]),
  );
}

/** The scalars of a file's undamaged beginning, and how many bytes that has: what follows is damaged or half written. */
export function readEvents(file: Buffer): { events: ScalarEvent[]; wholeBytes: number } {
  const events: ScalarEvent[] = [];
  let at = 0;
  for (let data = dataAt(file, at); data !== undefined; data = dataAt(file, at)) {
    const fields = fieldsOf(data);
    const summary = fields.find(({ field }) => field === 5)?.content;
    const step = fields.find(({ field }) => field === 2)?.integer ?? 0;
    if (summary !== undefined) events.push({ step, values: scalarsOf(summary) });
    at += data.length + frameBytes;
  }
  return { events, wholeBytes: at };
}

/** Bytes of a record around its data. */
const frameBytes = 16;

function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

/** The data of the record that begins there; undefined if it is damaged or not all there. */
function dataAt(file: Buffer, at: number): Buffer | undefined {
  if (at + frameBytes > file.length) return undefined;
  const length = file.subarray(at, at + 8);
  const end = at + 12 + Number(length.readBigUInt64LE());
  if (!maskedChecksum(length).equals(file.subarray(at + 8, at + 12)) || end + 4 > file.length) return undefined;
  const data = file.subarray(at + 12, end);
  return maskedChecksum(data).equals(file.subarray(end, end + 4)) ? data : undefined;
}

interface Field {
  field: number;
  integer?: number;
  content?: Buffer;
}

/** The fields of a message in protocol buffers' encoding. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const integer = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const content = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const key = integer();
    const [field, wire] = [key >>> 3, key & 7];
    if (wire === 0) fields.push({ field, integer: integer() });
    else fields.push({ field, content: content(wire === 1 ? 8 : wire === 5 ? 4 : integer()) });
  }
  return fields;
}

function scalarsOf(summary: Buffer): Record<string, number> {
  const values = fieldsOf(summary).map(({ content }) => fieldsOf(content!));
  return Object.fromEntries(
    values.map((value) => [
      value.find(({ field }) => field === 1)!.content!.toString(),
      value.find(({ field }) => field === 2)!.content!.readFloatLE(),
    ]),
  );
}

const tagOf = (field: number, wire: number): Buffer => Buffer.from([(field << 3) | wire]);

function variableInteger(value: number): Buffer {
  const parts: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...parts, left]);
    parts.push((left % 128) | 0x80);
  }
}

function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([tagOf(field, 1), content]);
}

function float(field: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([tagOf(field, 5), content]);
}

const bytes = (field: number, content: Buffer): Buffer =>
  Buffer.concat([tagOf(field, 2), variableInteger(content.length), content]);

/** CRC-32C (Castagnoli polynomial, reflected: RFC 3720, appendix B.4) of each byte. */
const checksums = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder;
});

/** The CRC-32C, rotated and shifted by a constant, as TFRecord stores it. */
function maskedChecksum(data: Uint8Array): Buffer {
  let checksum = 0xffffffff;
  for (const byte of data) checksum = (checksum >>> 8) ^ checksums[(checksum ^ byte) & 0xff]!;
  checksum = ~checksum >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
