/** Shown in place of a secret. */
const stars = "***";

/**
 * A filter for what a program prints that replaces secrets, also if they are cut between two pieces.
 * @returns passes on a piece, or with none what it has held back
 */
export function masking(secrets: readonly string[], to: (bytes: Buffer) => void): (bytes?: Buffer) => void {
  // Longer ones first: one may contain another. Bytes as characters keep what is not text intact.
  const wanted = secrets
    .map((secret) => Buffer.from(secret, "utf8").toString("latin1"))
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  if (wanted.length === 0) return (bytes) => bytes && to(bytes);
  const longest = wanted[0]!.length;
  let held = "";
  return (bytes) => {
    held += bytes?.toString("latin1") ?? "";
    for (const secret of wanted) held = held.replaceAll(secret, stars);
    const ready = bytes === undefined ? held.length : Math.max(0, held.length - longest + 1);
    if (ready > 0) to(Buffer.from(held.slice(0, ready), "latin1"));
    held = held.slice(ready);
  };
}
