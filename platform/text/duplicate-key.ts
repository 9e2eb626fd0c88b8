/**
 * Finds the first key that an object of a JSON text has twice. `JSON.parse` silently takes the last
 * one.
 * @param text valid JSON
 */
export function duplicateKey(text: string): string | undefined {
  /** The keys of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") open.push(character === "{" ? new Set() : undefined);
    else if (character === "}" || character === "]") open.pop();
    if (character === "{" || character === ",") isKey = open.at(-1) !== undefined;
    if (character !== '"') continue;
    const end = endOfText(text, at);
    if (isKey) {
      const key = JSON.parse(text.slice(at, end + 1)) as string;
      const known = open.at(-1)!;
      if (known.has(key)) return key;
      known.add(key);
    }
    isKey = false;
    at = end;
  }
  return undefined;
}

/** The place of the quote that closes a text. @param start the place of the one that opens it */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at++;
  }
}
