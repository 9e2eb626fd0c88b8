import { randomBytes } from "node:crypto";
import { link as linkFile, mkdir, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { sha256 } from "../../platform/digests.js";
import { isObject } from "../../platform/json.js";
import { readJson } from "../../store/files.js";

/** Somebody who may use a studio. */
export interface Visitor {
  /** The subject of the admission. */
  subject: Subject;
  /** The person who answers. Undefined: whoever the visitor claims to be. */
  person?: string;
}

/** The user who has the key of the home directory, a person by name, or whoever has the link. */
export type Subject = "owner" | "anyone" | `person ${string}`;

/**
 * What a home directory keeps of a subject while it is admitted: its sessions end with this record.
 */
interface Admission {
  /** Shows that a visitor is this subject; an owner shows a code instead. */
  link: string;
  madeAtMs: number;
}

/** How long a link works, ms. */
const linkLastsMs = 30 * 24 * 60 * 60 * 1000;

/** 256 random bits, as text. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

/**
 * A directory of this user alone: a group may share the home directory, each with studios of their
 * own.
 */
export const studioDirectory = (home: string): string => path.join(home, `studio-${userInfo().uid}`);
const admissionsDirectory = (home: string): string => path.join(studioDirectory(home), "admissions");
const admissionFile = (home: string, subject: Subject): string =>
  path.join(admissionsDirectory(home), `${sha256(subject)}.json`);

/** The link of a subject that is admitted; undefined if it was revoked, or is too old. */
export async function currentLink(home: string, subject: Subject): Promise<string | undefined> {
  const found = await readJson(admissionFile(home, subject));
  const { link, madeAtMs }: Partial<Admission> = isObject(found) ? found : {};
  if (typeof link !== "string" || typeof madeAtMs !== "number") return undefined;
  return subject !== "owner" && Date.now() - madeAtMs > linkLastsMs ? undefined : link;
}

/**
 * Admits a subject: returns the link that it has, or a new one. Of several processes that do so at
 * the same time, one makes it.
 */
export async function admit(home: string, subject: Subject): Promise<string> {
  const file = admissionFile(home, subject);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  for (;;) {
    const known = await currentLink(home, subject);
    if (known !== undefined) return known;
    await rm(file, { force: true });
    const made: Admission = { link: newSecret(), madeAtMs: Date.now() };
    const part = `${file}.${newSecret()}`;
    try {
      await writeFile(part, JSON.stringify(made), { mode: 0o600, flag: "wx" });
      await linkFile(part, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      await rm(part, { force: true });
    }
  }
}

/**
 * Ends the sessions and the link of a subject, or of all: who is admitted again gets a new link.
 * @returns false if there was none
 */
export async function revoke(home: string, subject?: Subject): Promise<boolean> {
  try {
    await rm(subject === undefined ? admissionsDirectory(home) : admissionFile(home, subject), { recursive: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
