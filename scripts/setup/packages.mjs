import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, step } from "./report.mjs";

/** Installs the npm packages with `npm ci`, unless the installed packages match the lock file. */
export function providePackages(root) {
  if (asLocked(root)) return;
  step("installing npm packages", () =>
    run("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"], {
      cwd: root,
      fix: "npm ci # in this directory; its message says more",
    }),
  );
}

/** npm keeps a copy of the lock entries it installed in `node_modules/.package-lock.json`. */
function asLocked(root) {
  const locked = packagesIn(join(root, "package-lock.json"));
  const installed = packagesIn(join(root, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional === true;
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
