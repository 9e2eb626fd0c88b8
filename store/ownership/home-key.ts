import { randomBytes, randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { diskFullError, isDiskFull } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { systemCode } from "../errors.js";
import { isGroupShared, openHome, refuseForeignHome } from "../home.js";
import { fileStamp } from "./stamp.js";

const form = /^[0-9a-f]{64}$/;

/** Keys that this process has read, by file: each stage needs its own several times. */
const keys = new Map<string, { stamp: string; key: Buffer }>();

/** The file with the secret of a home directory. */
export const keyFile = (home: string): string => path.join(home, "key");

/**
 * The secret of a home directory, created when it is first needed: 32 bytes in a file that only the
 * owner reads (mode 0600; in a home shared with a group, the group as well). Whoever can read it
 * may let runs use code and project directories. It never leaves the home: only signatures do. A
 * damaged one is set aside, and a new one is created: signatures of the old one are no longer
 * valid.
 * @throws PawlError STORE_UNREADABLE if it cannot be read or created, or is another user's;
 *   DISK_FULL
 */
export function homeKey(home: string): Buffer {
  refuseForeignHome(home);
  const file = keyFile(home);
  try {
    const stamp = fileStamp(file);
    const known = keys.get(file);
    if (stamp !== undefined && known?.stamp === stamp) return known.key;
    for (;;) {
      const text = readKey(file) ?? makeKey(home, file);
      if (!form.test(text)) {
        setAside(file);
        continue;
      }
      const key = Buffer.from(text, "hex");
      if (stamp !== undefined) keys.set(file, { stamp, key });
      return key;
    }
  } catch (error) {
    if (error instanceof PawlError || systemCode(error) === undefined) throw error;
    if (isDiskFull(error)) throw diskFullError(error, [home]);
    throw unusable(file, error as Error);
  }
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    if (systemCode(error) === "EISDIR") return "";
    throw error;
  }
}

/**
 * Moves a damaged key away; puts it back if it is a complete one that another process has created
 * in between.
 */
function setAside(file: string): void {
  const damaged = `${file}.damaged`;
  rmSync(damaged, { force: true, recursive: true });
  try {
    renameSync(file, damaged);
    if (form.test(readKey(damaged) ?? "")) linkSync(damaged, file);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes(systemCode(error)!)) throw error;
  }
}

/** Creates a key. If several processes do so at the same time, the first one's stays. */
function makeKey(home: string, file: string): string {
  openHome(home);
  const fresh = `${file}.${randomUUID()}`;
  try {
    const mode = isGroupShared(statSync(home)) ? 0o640 : 0o600;
    writeFileSync(fresh, `${randomBytes(32).toString("hex")}\n`, { mode, flag: "wx", flush: true });
    linkSync(fresh, file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(file, "utf8").trim();
}

function unusable(file: string, cause: Error): PawlError {
  return new PawlError(
    "STORE_UNREADABLE",
    "the key of PAWL_HOME cannot be used",
    {
      where: file,
      expected: "a file that this user may read",
      got: cause.message,
      next: "let this user read it, or remove it: a new one is created, and its signatures for running runs become invalid",
    },
    { cause },
  );
}
