import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { PawlError } from "../../platform/errors.js";
import { learnSecret } from "../../platform/redact.js";
import { secretMarkers } from "../../schemas/secrets.js";
import { isMissing } from "../../store/errors.js";

/** Where a worker looks for secrets, in this order. */
const variableOf = (name: string): string => "PAWL_SECRET_NAME".replace(/NAME$/, () => name);
const directoryVariable = "PAWL_SECRETS";
const commandVariable = "PAWL_SECRET_COMMAND";

/**
 * The values of the secrets that texts name, by name of the secret. This process then keeps them out of what it logs.
 * @param texts by their places, as errors name them
 * @throws PawlError SECRET_MISSING
 */
export async function readSecrets(texts: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [where, text] of Object.entries(texts))
    for (const [, name] of text.matchAll(secretMarkers)) {
      values[name!] ??= await secretValue(name!, where);
      learnSecret(values[name!]!);
    }
  return values;
}

/** A text with the secrets' values in place of their markers. */
export function withSecrets(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(secretMarkers, (_marker, name: string) => values[name]!);
}

/**
 * A secret of the worker itself: the variable of its name, else where secrets are looked for. This process then keeps it out
 * of what it logs.
 */
export async function findSecret(name: string): Promise<string | undefined> {
  const found = process.env[name] || (await lookFor(name));
  if (!found) return undefined;
  learnSecret(found);
  return found;
}

async function lookFor(name: string): Promise<string | undefined> {
  return (
    process.env[variableOf(name)] ??
    (await fromDirectory(name, process.env[directoryVariable])) ??
    (await fromCommand(name, process.env[commandVariable]))
  );
}

async function secretValue(name: string, where: string): Promise<string> {
  const found = await lookFor(name);
  if (found !== undefined && found !== "") return found;
  throw new PawlError("SECRET_MISSING", `this worker has no secret ${name}`, {
    where,
    expected: `${variableOf(name)} in the worker's environment, a file ${name} in ${directoryVariable}, or ${commandVariable}`,
    next: `set ${variableOf(name)} for the workers (pawl up --stop, then start them again with it)`,
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

/** A command that fails has no such secret. What it prints on standard error is not shown: it may be a secret, too. */
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
