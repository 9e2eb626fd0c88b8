import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run, SetupError, setUpCommand, step } from "./report.mjs";
import { cacheDirectory, provide } from "./wheels.mjs";

/** What Pawl needs of the npm package: its JavaScript, and the sources of its binding. */
const parts = ["package.json", "dist", "binding", "binding.gyp"];

/**
 * Puts the pinned `@tensorflow/tfjs-node-gpu` into node_modules/.tfjs-node-gpu, as
 * platform/program/locations.ts expects it. npm does not install this package: its install script
 * downloads an old TensorFlow. npm leaves hidden directories alone, and from there the package
 * finds the same `@tensorflow/tfjs` as Pawl. Returns the directory.
 */
export function provideTfjs(root, pin) {
  const cached = join(cacheDirectory, `tfjs-node-gpu-${pin.version}`);
  provide(cached, (temporary) => unpackPackage(pin, temporary));
  const module = join(root, "node_modules", ".tfjs-node-gpu");
  if (versionIn(module) !== pin.version) {
    rmSync(module, { recursive: true, force: true });
    provide(module, (temporary) => cpSync(cached, temporary, { recursive: true }));
  }
  return module;
}

function versionIn(directory) {
  const file = join(directory, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

function unpackPackage(pin, directory) {
  const name = `${pin.package}@${pin.version}`;
  const downloads = mkdtempSync(join(directory, "package-"));
  const args = ["pack", name, "--pack-destination", downloads, "--ignore-scripts"];
  const fix = `npm pack ${name} # until the registry responds, then ${setUpCommand}`;
  step(`fetching ${name}`, () => run("npm", args, { fix }));
  const file = join(
    downloads,
    readdirSync(downloads).find((entry) => entry.endsWith(".tgz")),
  );
  const got = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (got !== pin.integrity)
    throw new SetupError(
      `${name} has the digest ${got}, but scripts/pins.json says ${pin.integrity}`,
      `npm cache clean --force && ${setUpCommand}`,
    );
  run("tar", ["-xzf", file, "-C", downloads, "--no-same-owner"], { fix: "df -h ~ # is the disk full?" });
  for (const part of parts) renameSync(join(downloads, "package", part), join(directory, part));
  rmSync(downloads, { recursive: true });
}
