const quote = 0x22;
const backslash = 0x5c;

/** Bytes that a number is made of: digits, sign, point, exponent. */
const ofNumber = new Uint8Array(256);
for (const character of "0123456789+-.eE") ofNumber[character.charCodeAt(0)] = 1;
/** Bytes that a number begins with. */
const beginsNumber = new Uint8Array(256);
for (const character of "0123456789-") beginsNumber[character.charCodeAt(0)] = 1;

/**
 * JSON in which every number has become text: `1.10` becomes `"1.10"`, and so do numbers that no
 * double holds. Other bytes stay. Otherwise readers of JSON return numbers as doubles, which do not
 * keep how they were written.
 */
export async function* quoteNumbers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let context: "outside" | "text" | "escaped" | "number" = "outside";
  for await (const chunk of chunks) {
    // A digit between commas becomes three bytes: no chunk more than doubles.
    const out = Buffer.allocUnsafe(2 * chunk.length + 2);
    let length = 0;
    for (const byte of chunk) {
      if (context === "number" && ofNumber[byte] === 0) {
        out[length++] = quote;
        context = "outside";
      }
      if (context === "outside") {
        if (byte === quote) context = "text";
        else if (beginsNumber[byte] === 1) {
          out[length++] = quote;
          context = "number";
        }
      } else if (context === "text") {
        if (byte === backslash) context = "escaped";
        else if (byte === quote) context = "outside";
      } else if (context === "escaped") context = "text";
      out[length++] = byte;
    }
    yield out.subarray(0, length);
  }
  if (context === "number") yield Buffer.from('"');
}
