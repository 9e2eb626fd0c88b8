import { randomInt } from "node:crypto";

/** Without letters and digits that are easily confused. */
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

/** A run's id: its pipeline's name and six random characters, `tiny-llm-7f3k2a`. */
export function newRunId(pipeline: string): string {
  const name =
    pipeline
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "run";
  return `${name}-${Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join("")}`;
}
