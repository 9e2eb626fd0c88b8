import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { PawlError } from "../../platform/errors.js";
import { learnSecret } from "../../platform/text/redact.js";
import { secretMarker, secretName, type SecretPlace } from "../../schemas/secrets.js";
import { isMissing } from "../../store/errors.js";

/** Places where a worker looks for secrets, in this order. */
const secretVariable = (name: string): string => "PAWL_SECRET_NAME".replace(/NAME$/, () => name);
const directoryVariable = "PAWL_SECRETS";
const commandVariable = "PAWL_SECRET_COMMAND";

/**
 * An evaluated text with the values of secrets where they belong. What merely looks like a secret
 * stays unchanged. This process then keeps the values out of what it logs.
 * @param places in the text, in order
 * @param where the text, as errors name it
 * @param known values by name; those that are read are added
 * @throws PawlError SECRET_MISSING; INTERNAL if the places are not of this text
 */
export async function withSecrets(
  text: string,
  places: readonly Pick<SecretPlace, "offset" | "name">[],
  where: string,
  known = new Map<string, string>(),
): Promise<string> {
  const pieces: string[] = [];
  let from = 0;
  for (const { offset, name } of places) {
    const marker = secretMarker(name);
    if (!secretName.test(name) || offset < from || !text.startsWith(marker, offset))
      throw new PawlError("INTERNAL", "a secret does not belong where the request says", { where });
    const value = known.get(name) ?? (await secretValue(name, where));
    learnSecret(value);
    known.set(name, value);
    pieces.push(text.slice(from, offset), value);
    from = offset + marker.length;
  }
  return [...pieces, text.slice(from)].join("");
}

/**
 * A secret of the worker itself: the variable of its name, else where secrets are looked for. This
 * process then keeps it out of what it logs.
 */
export async function findSecret(name: string): Promise<string | undefined> {
  const found = process.env[name] || (await lookFor(name));
  if (!found) return undefined;
  learnSecret(found);
  return found;
}

async function lookFor(name: string): Promise<string | undefined> {
  return (
    process.env[secretVariable(name)] ??
    (await fromDirectory(name, process.env[directoryVariable])) ??
    (await fromCommand(name, process.env[commandVariable]))
  );
}

async function secretValue(name: string, where: string): Promise<string> {
  const found = await lookFor(name);
  if (found !== undefined && found !== "") return found;
  throw new PawlError("SECRET_MISSING", `this worker has no secret ${name}`, {
    where,
    expected: `${secretVariable(name)} in the worker's environment, a file ${name} in ${directoryVariable}, or ${commandVariable}`,
    next: `set ${secretVariable(name)} for the workers (pawl up --stop, then start them again with it)`,
  });
}

async function fromDirectory(name: string, directory: string | undefined): Promise<string | undefined> {
  if (directory === undefined || directory === "") return undefined;
  try {
    return withoutLineBreak(await readFile(path.join(directory, name), "utf8"));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * If the command fails, there is no such secret. Its standard error is not shown, because it may
 * contain a secret.
 */
async function fromCommand(name: string, command: string | undefined): Promise<string | undefined> {
  if (command === undefined || command === "") return undefined;
  try {
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", command, "sh", name]);
    return withoutLineBreak(stdout);
  } catch {
    return undefined;
  }
}

const withoutLineBreak = (text: string): string => text.replace(/\r?\n$/, "");
