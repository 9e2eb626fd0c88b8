/**
 * The event files of TensorBoard: records of TensorFlow's TFRecord format, each an `Event`
 * (tensorflow/core/util/event.proto) with scalars in a `Summary`. A record is the length of its
 * data (8 bytes, little endian), the masked CRC-32C of these 8 bytes, the data, and the masked
 * CRC-32C of the data.
 */
import protobuf from "protobufjs/minimal.js";

/** The scalars of one step. */
export interface ScalarEvent {
  step: number;
  /** By tag; single precision. */
  values: Readonly<Record<string, number>>;
}

/** Numbers of fields with their wire types, as a record holds them. */
const tags = { wallTime: 0x09, step: 0x10, version: 0x1a, summary: 0x2a, value: 0x0a, name: 0x0a, number: 0x15 };

/**
 * The first record of a file: its version.
 * @param wallTime seconds since 1970; TensorBoard only shows it
 */
export function versionRecord(wallTime: number): Buffer {
  return record(eventAt(wallTime).uint32(tags.version).string("brain.Event:2"));
}

/** @param wallTime seconds since 1970; TensorBoard only shows it */
export function scalarRecord({ step, values }: ScalarEvent, wallTime: number): Buffer {
  const event = eventAt(wallTime).uint32(tags.step).int64(step).uint32(tags.summary).fork();
  for (const [name, value] of Object.entries(values))
    event.uint32(tags.value).fork().uint32(tags.name).string(name).uint32(tags.number).float(value).ldelim();
  return record(event.ldelim());
}

const eventAt = (wallTime: number): protobuf.Writer => protobuf.Writer.create().uint32(tags.wallTime).double(wallTime);

/**
 * The scalars of a file's undamaged beginning, and how many bytes that has: what follows is damaged
 * or half written.
 */
export function readEvents(file: Buffer): { events: ScalarEvent[]; wholeBytes: number } {
  const events: ScalarEvent[] = [];
  let at = 0;
  for (let data = dataAt(file, at); data !== undefined; data = dataAt(file, at)) {
    const event = readEvent(data);
    if (event !== undefined) events.push(event);
    at += data.length + frameBytes;
  }
  return { events, wholeBytes: at };
}

/** Bytes of a record around its data. */
const frameBytes = 16;

function record(event: protobuf.Writer): Buffer {
  const data = event.finish();
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

/** Returns the data of the record at an offset, or undefined if it is damaged or incomplete. */
function dataAt(file: Buffer, at: number): Buffer | undefined {
  if (at + frameBytes > file.length) return undefined;
  const length = file.subarray(at, at + 8);
  const end = at + 12 + Number(length.readBigUInt64LE());
  if (!maskedChecksum(length).equals(file.subarray(at + 8, at + 12)) || end + 4 > file.length) return undefined;
  const data = file.subarray(at + 12, end);
  return maskedChecksum(data).equals(file.subarray(end, end + 4)) ? data : undefined;
}

/** The scalars of an event; undefined if it has none. */
function readEvent(data: Buffer): ScalarEvent | undefined {
  let step = 0;
  let values: Record<string, number> | undefined;
  readFields(data, {
    [tags.step]: (event) => (step = Number(event.int64())),
    [tags.summary]: (event) => (values = readSummary(event.bytes())),
  });
  return values && { step, values };
}

function readSummary(data: Uint8Array): Record<string, number> {
  const values: Record<string, number> = {};
  readFields(data, {
    [tags.value]: (summary) => {
      let [name, number] = ["", 0];
      readFields(summary.bytes(), {
        [tags.name]: (value) => (name = value.string()),
        [tags.number]: (value) => (number = value.float()),
      });
      values[name] = number;
    },
  });
  return values;
}

/** Reads the fields of a message whose tags are known. */
function readFields(message: Uint8Array, known: Record<number, (reader: protobuf.Reader) => void>): void {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const read = known[tag];
    if (read === undefined) reader.skipType(tag & 7);
    else read(reader);
  }
}

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
