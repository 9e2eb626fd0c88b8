/**
 * A Parquet file with one column of decimals of any precision, 32 bytes each: DuckDB writes at most
 * 38 digits. The footer is Thrift's compact protocol, see parquet.thrift of Apache Parquet.
 */
export function decimalParquet(name: string, precision: number, scale: number, values: readonly bigint[]): Buffer {
  const width = precision > 38 ? 32 : 16;
  const data = Buffer.concat(values.map((value) => bigEndian(value, width)));
  const dataHeader = struct([1, i32(values.length)], [2, i32(0)], [3, i32(3)], [4, i32(3)]);
  const header = struct([1, i32(0)], [2, i32(data.length)], [3, i32(data.length)], [5, nested(dataHeader)]);
  const page = Buffer.concat([header.bytes, data]);
  const root = struct([4, text("schema")], [5, i32(1)]);
  const column = struct(
    [1, i32(7)],
    [2, i32(width)],
    [3, i32(0)],
    [4, text(name)],
    [6, i32(5)],
    [7, i32(scale)],
    [8, i32(precision)],
  );
  const chunk = struct(
    [1, i32(7)],
    [2, list([i32(0)])],
    [3, list([text(name)])],
    [4, i32(0)],
    [5, i64(values.length)],
    [6, i64(page.length)],
    [7, i64(page.length)],
    [9, i64(4)],
  );
  const columns = list([nested(struct([2, i64(4)], [3, nested(chunk)]))]);
  const group = struct([1, columns], [2, i64(page.length)], [3, i64(values.length)]);
  const schema = list([nested(root), nested(column)]);
  const footer = struct([1, i32(1)], [2, schema], [3, i64(values.length)], [4, list([nested(group)])]).bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from("PAR1"), page, footer, length, Buffer.from("PAR1")]);
}

/** A value, and the number of its type in the compact protocol. */
interface Encoded {
  type: number;
  bytes: Buffer;
}

const i32 = (value: number): Encoded => ({ type: 5, bytes: varint(2 * value) });
const i64 = (value: number): Encoded => ({ type: 6, bytes: varint(2 * value) });
const text = (value: string): Encoded => ({
  type: 8,
  bytes: Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]),
});
const nested = ({ bytes }: { bytes: Buffer }): Encoded => ({ type: 12, bytes });

/** @param items fewer than 15 */
const list = (items: readonly Encoded[]): Encoded => ({
  type: 9,
  bytes: Buffer.concat([Buffer.from([(items.length << 4) | items[0]!.type]), ...items.map(({ bytes }) => bytes)]),
});

function struct(...fields: [id: number, value: Encoded][]): { bytes: Buffer } {
  let last = 0;
  const parts = fields.map(([id, { type, bytes }]) => {
    const step = id - last;
    last = id;
    return Buffer.concat([Buffer.from([(step << 4) | type]), bytes]);
  });
  return { bytes: Buffer.concat([...parts, Buffer.from([0])]) };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

function bigEndian(value: bigint, width: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * width, "0"), "hex");
}
