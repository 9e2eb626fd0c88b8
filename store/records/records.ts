import { readFileSync } from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../platform/json.js";
import { notice } from "../../platform/text/printable.js";
import { isMissing, storeError, systemCode } from "../errors.js";
import { writeFileWhole } from "../files.js";
import { layout } from "../home.js";
import { moveAside } from "../artifacts/sealed-directory.js";
import { sealed, unsealed } from "./seal.js";
import { temporaryName } from "../temporary.js";

/** A damaged record, which has been moved aside. */
export interface DamagedRecord {
  /** Where it was. */
  file: string;
  /** A description of its content: "the result of stages.base". */
  of: string;
  /** A clause that says what happens to it now. */
  then: string;
}

/** Called once for each damaged record; default: a line on standard error. */
export type OnDamaged = (found: DamagedRecord) => void;

/**
 * A record with a right seal whose form this version does not know: it has a status, a stage type
 * or a kind that another version added. No version but its own may move, replace or remove it.
 */
export class OtherVersion {
  constructor(readonly record: JsonObject) {}
}

/** The form of a kind of record. */
export interface RecordKind<T> {
  /** For messages: "result", "run record". */
  of: string;
  /** What happens to a damaged one. Default: it is created again when needed. */
  then?: string;
  isValid: (value: object) => value is T & object;
}

/** What is read and checked, for the message about a damaged one. */
type Described = Pick<RecordKind<unknown>, "of" | "then">;

const createdAgain = "it is created again when it is needed";

/**
 * Writes a record with its own digest, atomically.
 * @throws PawlError DISK_FULL, STORE_UNREADABLE
 */
export async function writeRecord(home: string, file: string, record: object): Promise<void> {
  await writeText(home, file, sealed(record));
}

/** Like `writeRecord`, for any text. */
export async function writeText(home: string, file: string, text: string): Promise<void> {
  try {
    const write = async (): Promise<void> => writeFileWhole(file, text, await temporaryName(home, "record"));
    await write().catch(async (error: unknown) => {
      // Something that has the file's name but is not a file is damaged.
      if (systemCode(error) !== "EISDIR") throw error;
      await setAside(home, file);
      await write();
    });
  } catch (error) {
    throw storeError(error, home);
  }
}

/**
 * A record as it was written; undefined if there is none. A damaged one (its seal is wrong, it is
 * not JSON or not a file) is moved aside, reported once, and counts as missing. One of another
 * version stays, is reported once, and counts as missing, too.
 * @throws PawlError STORE_UNREADABLE if the system refuses to read it
 */
export async function readRecord<T extends object>(
  home: string,
  file: string,
  kind: RecordKind<T>,
  onDamaged?: OnDamaged,
): Promise<T | undefined> {
  const found = await readAnyRecord(home, file, kind, onDamaged);
  return found instanceof OtherVersion ? undefined : found;
}

/** The same for callers that treat a record of another version otherwise than a missing one. */
export async function readAnyRecord<T extends object>(
  home: string,
  file: string,
  kind: RecordKind<T>,
  onDamaged?: OnDamaged,
): Promise<T | OtherVersion | undefined> {
  const found = await readChecked(home, file, kind, onDamaged, (text): T | OtherVersion | undefined => {
    const record = unsealed(text);
    return record === undefined || kind.isValid(record) ? record : new OtherVersion(record);
  });
  if (found instanceof OtherVersion) reportOtherVersion(file, kind.of);
  return found;
}

/**
 * Writes a record unless one of another version has its name: that stays.
 * @returns whether it was written
 * @throws PawlError DISK_FULL, STORE_UNREADABLE
 */
export async function replaceRecord<T extends object>(
  home: string,
  file: string,
  kind: RecordKind<T>,
  record: T,
): Promise<boolean> {
  if ((await readAnyRecord(home, file, kind)) instanceof OtherVersion) return false;
  await writeRecord(home, file, record);
  return true;
}

/**
 * The same of any file that can be checked.
 * @param parse returns undefined if the text is damaged
 */
export async function readChecked<T>(
  home: string,
  file: string,
  { of, then = createdAgain }: Described,
  onDamaged: OnDamaged | undefined,
  parse: (text: string) => T | undefined,
): Promise<T | undefined> {
  try {
    const text = readText(file);
    if (text === undefined) return undefined;
    const found = text === notAFile ? undefined : parse(text);
    if (found === undefined && (await setAside(home, file))) (onDamaged ?? reportDamaged)({ file, of, then });
    return found;
  } catch (error) {
    throw storeError(error, home);
  }
}

/** Stands for something that has a record's name but is not a file. No text equals it. */
const notAFile = Symbol("not a file");

function readText(file: string): string | typeof notAFile | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "EISDIR") return notAFile;
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Returns false if the file no longer exists, or if the store cannot be written. Then the file
 * stays but counts as missing.
 */
async function setAside(home: string, file: string): Promise<boolean> {
  const name = `${path.basename(file)}-${Date.now()}-${process.pid}`;
  try {
    return await moveAside(file, path.join(layout.corrupt(home), name));
  } catch (error) {
    if (["EROFS", "EACCES", "EPERM"].includes(systemCode(error) ?? "")) return false;
    throw error;
  }
}

/**
 * What this process has already reported. Of many results of another version, only the first is
 * reported.
 */
const reported = new Set<string>();

function reportOtherVersion(file: string, of: string): void {
  const name = `${of} ${path.dirname(file)}`;
  if (reported.has(name)) return;
  reported.add(name);
  notice(
    `the ${of} in ${file} was written by another version of Pawl, and this one cannot read it: it stays unchanged`,
  );
}

function reportDamaged(found: DamagedRecord): void {
  notice(damagedText(found));
}

/** One line for logs and terminals. */
export function damagedText({ file, of, then }: DamagedRecord): string {
  return `the ${of} in ${file} was damaged and has been moved aside: ${then}`;
}
