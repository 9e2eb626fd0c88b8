import { randomBytes } from "node:crypto";
import { link, rm } from "node:fs/promises";
import { ofOtherVersion, storeError, systemCode } from "../errors.js";
import { makeDirectory, writeFileWhole } from "../files.js";
import { layout } from "../home.js";
import { OtherVersion, readAnyRecord, writeRecord, type RecordKind } from "../records/records.js";
import { sealed } from "../records/seal.js";
import { fileStamp } from "./stamp.js";
import { temporaryName } from "../temporary.js";
import path from "node:path";

/** Which store this is, whatever path or machine it is reached by. */
interface StoreIdentity {
  id: string;
}

const identityKind: RecordKind<StoreIdentity> = {
  of: "identity of the store",
  isValid: (value): value is StoreIdentity => /^[0-9a-f]{12}$/.test(String((value as Partial<StoreIdentity>).id)),
};

/** Ids of stores that this process has read, by home: each stage needs its own several times. */
const ids = new Map<string, { stamp: string; id: string }>();

/**
 * The random id of a store, created by the first process that needs it. It is kept twice: running
 * runs identify their store by it, and a damaged copy is restored from the other.
 * @throws PawlError DISK_FULL, STORE_UNREADABLE, OTHER_VERSION
 */
export async function storeId(home: string): Promise<string> {
  const [file, copy] = layout.identity(home);
  const stamp = filesStamp(home, [file, copy]);
  const known = ids.get(home);
  if (stamp !== undefined && known?.stamp === stamp) return known.id;
  const found = await readAnyRecord(home, file, identityKind);
  const kept = await readAnyRecord(home, copy, identityKind);
  if (found instanceof OtherVersion || kept instanceof OtherVersion)
    throw ofOtherVersion("this store's identity", home);
  const id = found?.id ?? kept?.id;
  if (id === undefined) return begin(home, file);
  if (found === undefined) await writeRecord(home, file, { id });
  if (kept === undefined) await writeRecord(home, copy, { id });
  if (stamp !== undefined) ids.set(home, { stamp, id });
  return id;
}

/** Returns undefined if a file is missing. */
function filesStamp(home: string, files: readonly string[]): string | undefined {
  try {
    const stamps = files.map(fileStamp);
    return stamps.includes(undefined) ? undefined : stamps.join(", ");
  } catch (error) {
    throw storeError(error, home);
  }
}

/** If several processes create a store at the same time, the first one's id counts. */
async function begin(home: string, file: string): Promise<string> {
  try {
    await makeDirectory(path.dirname(file));
    const fresh = await temporaryName(home, "record");
    await writeFileWhole(fresh, sealed({ id: randomBytes(6).toString("hex") }), `${fresh}.new`);
    await link(fresh, file).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
    await rm(fresh, { force: true });
  } catch (error) {
    throw await storeError(error, home);
  }
  return storeId(home);
}
