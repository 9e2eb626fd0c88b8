import { createReadStream } from "node:fs";

/** 64 hexadecimal digits: the name of an artifact, or the key of a stage. */
const digest = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

export function digestsInText(text: string): string[] {
  return text.match(digest) ?? [];
}

/** Every digest in a file, whatever its format, read in parts. @throws system errors */
export async function digestsInFile(file: string): Promise<Set<string>> {
  const found = new Set<string>();
  let rest = "";
  for await (const part of createReadStream(file, "latin1")) {
    const text = rest + String(part);
    for (const word of digestsInText(text)) found.add(word);
    // A digest may be cut in two.
    rest = text.slice(-64);
  }
  return found;
}
