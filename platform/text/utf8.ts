import { isUtf8 } from "node:buffer";
import { PawlError, type ErrorCode } from "../errors.js";

/**
 * The text of a file that people write. Node would silently replace bytes that are not UTF-8 by
 * U+FFFD.
 * @param name of the file, for messages
 * @param code of the error
 * @throws PawlError of the code, with the place, for bytes that are not UTF-8
 */
export function utf8Text(bytes: Buffer, name: string, code: ErrorCode): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const at = firstFault(bytes);
  const lineStart = bytes.lastIndexOf(0x0a, at - 1) + 1;
  const line = bytes.subarray(0, lineStart).filter((byte) => byte === 0x0a).length + 1;
  const column = bytes.subarray(lineStart, at).toString("utf8").length + 1;
  throw new PawlError(code, "the file is not UTF-8", {
    where: `${name}:${line}:${column}`,
    expected: "UTF-8",
    got: `the byte 0x${bytes[at]!.toString(16).padStart(2, "0")}`,
    next: `save it as UTF-8; if it is in Latin-1: iconv -f LATIN1 -t UTF-8 ${name} > converted`,
  });
}

/**
 * The place of the first byte that is not UTF-8: the first U+FFFD in the decoded text that is not
 * in the bytes.
 */
function firstFault(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  let at = 0;
  let from = 0;
  for (;;) {
    const found = text.indexOf("\uFFFD", from);
    at += Buffer.byteLength(text.slice(from, found));
    if (bytes.indexOf("\uFFFD", at) !== at) return at;
    at += Buffer.byteLength("\uFFFD");
    from = found + 1;
  }
}
