import { mkdir, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { sha256 } from "../../platform/digests.js";
import { newSecret, studioDirectory } from "./admissions.js";

/** How long a code can be exchanged for a session, ms. */
const codeLastsMs = 15 * 60_000;

const codesDirectory = (home: string): string => path.join(studioDirectory(home), "codes");
const codeFile = (home: string, code: string): string => path.join(codesDirectory(home), sha256(code));

/**
 * A code that opens one session of the owner, within a quarter of an hour. It is left in the home
 * directory, which other users cannot read, so that each command can make one for a studio that
 * runs.
 * @param instance of the studio: a program that later listens on its port must not use it elsewhere
 */
export async function newCode(home: string, instance: string): Promise<string> {
  await mkdir(codesDirectory(home), { recursive: true, mode: 0o700 });
  await removeOld(codesDirectory(home));
  const code = newSecret();
  await writeFile(codeFile(home, code), instance, { mode: 0o600, flag: "wx" });
  return code;
}

/** Uses a code up; false if it is unknown, used, too old, or made for another studio. */
export async function useCode(home: string, instance: string, code: string): Promise<boolean> {
  const file = codeFile(home, code);
  try {
    const [madeFor, { mtimeMs }] = [await readFile(file, "utf8"), await stat(file)];
    // Of several that ask at the same time, one removes it.
    await unlink(file);
    return madeFor === instance && Date.now() - mtimeMs < codeLastsMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/**
 * A file that leads a browser to an address with a code: every user of a machine can read the
 * arguments of the program that opens the browser, and nobody else can read this file.
 * @returns its address
 */
export async function leadingFile(home: string, address: string): Promise<string> {
  await mkdir(codesDirectory(home), { recursive: true, mode: 0o700 });
  const file = path.join(codesDirectory(home), `${newSecret()}.html`);
  const text = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Pawl</title>
<meta http-equiv="refresh" content="0; url=${address.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">
`;
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
  return pathToFileURL(file).href;
}

/** Codes that were not used, and files that lead to them. */
async function removeOld(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    const { mtimeMs = Infinity } = (await stat(file).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > codeLastsMs) await rm(file, { force: true });
  }
}
