/**
 * Sets a clone up: npm packages, native TensorFlow, Temporal, the compiled program. It needs Node, npm, Python with pip
 * and a C++ compiler, runs before `npm ci` (so it imports nothing but Node), does nothing twice, and writes what it
 * found to node_modules/.pawl.json, where platform/locations.ts reads it.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./setup/build.mjs";
import { providePackages } from "./setup/packages.mjs";
import { SetupError } from "./setup/report.mjs";
import { provideTemporal } from "./setup/temporal.mjs";
import { provideTensorFlow } from "./setup/tensorflow.mjs";
import { cacheDirectory } from "./setup/wheels.mjs";

const root = dirname(import.meta.dirname);

/** Throws SetupError. */
function setup() {
  if (!existsSync(join(root, "dist"))) process.stderr.write(`setting up (binaries are kept in ${cacheDirectory})\n`);
  const pins = JSON.parse(readFileSync(join(root, "scripts", "pins.json"), "utf8"));
  providePackages(root);
  const tensorflow = provideTensorFlow(root, pins.tensorflow);
  const temporal = provideTemporal(pins.temporal);
  writeWhole(
    join(root, "node_modules", ".pawl.json"),
    JSON.stringify({ cacheDirectory, tensorflow, temporal }, null, 2),
  );
  build(root);
}

function writeWhole(path, text) {
  writeFileSync(`${path}.${process.pid}`, `${text}\n`);
  renameSync(`${path}.${process.pid}`, path);
}

try {
  setup();
  process.stdout.write(
    "set-up is complete: npx pawl doctor reports what is installed, npx pawl run tiny runs a pipeline\n",
  );
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\nset-up failed: ${error.message}\n${error.fix ? `fix it with:  ${error.fix}\n` : ""}`);
  process.exit(1);
}
