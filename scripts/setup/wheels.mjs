import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { run, SetupError, setUpCommand, step, works } from "./report.mjs";

/** Where provisioned binaries are kept, shared by all clones of this user. */
export const cacheDirectory =
  process.env.PAWL_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pawl");

/**
 * Fills `directory` in the cache once: `fill` works in a temporary directory beside it, which is
 * made readable by every user and renamed into place when complete: a container may have a
 * different user than the set-up. Two set-ups at the same time both work; the first rename wins.
 */
export function provide(directory, fill) {
  if (existsSync(directory)) return;
  mkdirSync(dirname(directory), { recursive: true });
  const temporary = mkdtempSync(`${directory}.part-`);
  try {
    fill(temporary);
    chmodSync(temporary, 0o755);
    try {
      renameSync(temporary, directory);
    } catch (error) {
      if (!existsSync(directory)) throw error;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Downloads a pinned wheel with pip, checks its digest, and unpacks the members below `prefixes`
 * into `directory`.
 */
export function unpackWheel(pin, directory, prefixes) {
  needPip();
  const downloads = mkdtempSync(join(directory, "wheel-"));
  try {
    step(`fetching ${pin.package} ${pin.version}`, () => download(pin, downloads));
    const wheel = join(
      downloads,
      readdirSync(downloads).find((name) => name.endsWith(".whl")),
    );
    const got = sha256(wheel);
    if (got !== pin.sha256)
      throw new SetupError(
        `${pin.package} ${pin.version} has the SHA-256 ${got}, but scripts/pins.json says ${pin.sha256}`,
        `python3 -m pip cache purge && ${setUpCommand}`,
      );
    run("python3", [join(import.meta.dirname, "unpack.py"), wheel, directory, ...prefixes], {
      fix: "df -h ~ # is the disk full?",
    });
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

function download(pin, directory) {
  const python = pin.python
    ? ["--python-version", pin.python, "--implementation", "cp", "--abi", `cp${pin.python.replace(".", "")}`]
    : [];
  const wanted = [
    "--no-deps",
    "--only-binary=:all:",
    "--platform",
    pin.platform,
    ...python,
    `${pin.package}==${pin.version}`,
  ];
  const args = ["-m", "pip", "download", "--disable-pip-version-check", "--dest", directory, ...wanted];
  run("python3", args, {
    fix: `python3 -m pip download ${wanted.join(" ")} # until the package index answers, then ${setUpCommand}`,
  });
}

function needPip() {
  if (!works("python3", ["--version"]))
    throw new SetupError("Python 3 is missing", "sudo apt-get install -y python3 python3-pip");
  if (!works("python3", ["-m", "pip", "--version"]))
    throw new SetupError("pip is missing", "sudo apt-get install -y python3-pip");
}

function sha256(file) {
  const hash = createHash("sha256");
  const handle = openSync(file, "r");
  const buffer = Buffer.alloc(1 << 22);
  for (let n; (n = readSync(handle, buffer)) > 0;) hash.update(buffer.subarray(0, n));
  closeSync(handle);
  return hash.digest("hex");
}
