import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./locations.js";

/** The version of this Pawl. */
export function pawlVersion(): string {
  const file = path.join(packageRoot(), "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
