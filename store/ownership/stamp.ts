import { statSync } from "node:fs";

/**
 * Changes whenever a file does, so that what was read from it may be remembered until then;
 * undefined if there is none.
 */
export function fileStamp(file: string): string | undefined {
  const facts = statSync(file, { bigint: true, throwIfNoEntry: false });
  return facts && `${facts.ino} ${facts.ctimeNs} ${facts.size}`;
}
