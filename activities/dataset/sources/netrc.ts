import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { learnSecret } from "../../../platform/text/redact.js";
import { isMissing, systemCode } from "../../../store/errors.js";
import { readingError } from "../tables/resource-error.js";

/**
 * The header with the user and password that the worker's netrc file holds for a server (`NETRC`,
 * else `~/.netrc`; the format of ftp, curl and git); empty if the file has none, or belongs to
 * another user. Passwords are never part of a definition.
 * @throws PawlError DATA_UNREADABLE if it cannot be read now: without a password the server would
 *   refuse
 */
export async function netrcCredentials({ hostname }: URL): Promise<Record<string, string>> {
  const file = process.env["NETRC"] || path.join(homedir(), ".netrc");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isMissing(error) || systemCode(error) === "EACCES") return "";
    throw readingError(error, file);
  });
  const found = netrcEntry(text, hostname);
  if (found === undefined) return {};
  learnSecret(found.password);
  const encoded = Buffer.from(`${found.login}:${found.password}`).toString("base64");
  learnSecret(encoded);
  return { authorization: `Basic ${encoded}` };
}

/**
 * The login and password of a machine, or of `default`, in the text of a netrc file. Macros are not
 * read.
 */
export function netrcEntry(text: string, machine: string): { login: string; password: string } | undefined {
  const words = text
    .replace(/^\s*#.*$/gm, "")
    .split(/\s+/)
    .filter(Boolean);
  let matches = false;
  let entry: { login: string; password?: string } = { login: "" };
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "machine" || word === "default") {
      if (matches && entry.password !== undefined) break;
      matches = word === "default" || words[++i] === machine;
      entry = { login: "" };
    } else if (matches && word === "login") entry.login = words[++i] ?? "";
    else if (matches && word === "password") entry.password = words[++i] ?? "";
  }
  return matches && entry.password !== undefined ? { login: entry.login, password: entry.password } : undefined;
}
