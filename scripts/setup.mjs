/**
 * Sets a clone up: npm packages, native TensorFlow, Temporal, the compiled program. It needs Node,
 * npm, Python with pip and a C++ compiler, runs before `npm ci` (so it imports nothing but Node),
 * and does nothing twice. An installed package needs only the native parts: `pawl setup` provides
 * them, with the same code.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./setup/build.mjs";
import { provideNative } from "./setup/native.mjs";
import { providePackages } from "./setup/packages.mjs";
import { SetupError } from "./setup/report.mjs";
import { cacheDirectory } from "./setup/wheels.mjs";

const root = dirname(import.meta.dirname);

/** Throws SetupError. */
function setup() {
  if (!existsSync(join(root, "dist"))) process.stderr.write(`setting up (binaries are kept in ${cacheDirectory})\n`);
  providePackages(root);
  provideNative(root);
  build(root);
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
