import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { provideTemporal } from "./temporal.mjs";
import { provideTensorFlow } from "./tensorflow.mjs";
import { cacheDirectory } from "./wheels.mjs";

/**
 * Provides what npm does not: native TensorFlow and Temporal. Does nothing twice, and writes what
 * it found to node_modules/.pawl.json, where platform/program/locations.ts reads it.
 * @param root the directory of Pawl's package.json: a clone, or an installed package
 * @throws SetupError
 */
export function provideNative(root) {
  const pins = JSON.parse(readFileSync(join(root, "scripts", "pins.json"), "utf8"));
  const tensorflow = provideTensorFlow(root, pins);
  const temporal = provideTemporal(pins.temporal);
  writeWhole(
    join(root, "node_modules", ".pawl.json"),
    `${JSON.stringify({ cacheDirectory, tensorflow, temporal }, null, 2)}\n`,
  );
}

function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}
