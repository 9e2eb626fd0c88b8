import { alternatives, secretForms, stars } from "../../platform/text/redact.js";

/**
 * A filter for what a program prints that replaces secrets, also if they are cut between two
 * pieces.
 * @returns passes on a piece, or with none what it has held back
 */
export function masking(secrets: readonly string[], to: (bytes: Buffer) => void): (bytes?: Buffer) => void {
  // One character per byte keeps binary output intact.
  const wanted = secrets
    .filter((secret) => secret !== "")
    .flatMap(secretForms)
    .map((form) => Buffer.from(form, "utf8").toString("latin1"));
  if (wanted.length === 0) return (bytes) => bytes && to(bytes);
  const pattern = alternatives(wanted, "g");
  const longest = Math.max(...wanted.map(({ length }) => length));
  let held = "";
  return (bytes) => {
    held += bytes?.toString("latin1") ?? "";
    // What begins later may be the beginning of a longer form, whose end has not come yet.
    const ready = bytes === undefined ? held.length : Math.max(0, held.length - longest + 1);
    let clean = "";
    let from = 0;
    for (const { 0: found, index } of held.matchAll(pattern)) {
      if (index >= ready) break;
      clean += held.slice(from, index) + stars;
      from = index + found.length;
    }
    const end = Math.max(from, ready);
    clean += held.slice(from, end);
    held = held.slice(end);
    if (clean !== "") to(Buffer.from(clean, "latin1"));
  };
}
