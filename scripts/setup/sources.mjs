import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** Absolute paths of the modules that tsconfig.json includes, sorted. */
export function sourceFiles() {
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const within = (place) =>
    place.endsWith(".ts")
      ? [place]
      : readdirSync(join(root, place), { recursive: true }).map((name) => join(place, name));
  return include
    .flatMap(within)
    .filter((name) => /\.tsx?$/.test(name))
    .sort()
    .map((name) => join(root, name));
}
