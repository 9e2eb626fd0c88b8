/** The character for each byte in a byte-level vocabulary (GPT-2's table). */
export const byteCharacters: readonly string[] = byteTable();

function byteTable(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}
