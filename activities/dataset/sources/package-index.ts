import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PawlError } from "../../../platform/errors.js";
import { learnSecret } from "../../../platform/text/redact.js";

/** The environment variable that names the package index, for pip and for Pawl. */
const indexVariable = "PIP_INDEX_URL";

/** An index of Python packages, and the header that it requires; the header may hold a password. */
export interface PackageIndex {
  /** Ends in a slash. */
  url: string;
  headers: Record<string, string>;
}

/**
 * The index that the worker's pip uses: PIP_INDEX_URL, else what pip itself takes from its
 * configuration files or by default. Pawl names no index of its own.
 * @throws PawlError SETUP_FAILED if there is neither
 */
export async function packageIndex(signal: AbortSignal): Promise<PackageIndex> {
  const address = process.env[indexVariable] || (await indexOfPip(signal));
  if (!/^https?:/.test(address) || !URL.canParse(address)) throw noIndex(address || "nothing");
  const url = new URL(address);
  const { username, password } = url;
  [url.username, url.password] = ["", ""];
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { url: url.href, headers: credentials(decodeURIComponent(username), decodeURIComponent(password)) };
}

/**
 * Prints the option that `pip download` would use. Not in the working directory, because no module
 * of it may be loaded.
 */
const askPip =
  "from pip._internal.commands import create_command as c; print(c('download').parse_args([])[0].index_url)";

async function indexOfPip(signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("python3", ["-c", askPip], { cwd: "/", env: process.env, signal });
    return stdout.trim();
  } catch (error) {
    signal.throwIfAborted();
    throw noIndex((error as Error).message.trim().split("\n").at(-1)!);
  }
}

function credentials(user: string, password: string): Record<string, string> {
  if (user === "" && password === "") return {};
  const encoded = Buffer.from(`${user}:${password}`).toString("base64");
  for (const secret of [password, encoded]) learnSecret(secret);
  return { authorization: `Basic ${encoded}` };
}

function noIndex(got: string): PawlError {
  return new PawlError("SETUP_FAILED", "no index of Python packages is configured", {
    where: indexVariable,
    expected: "the address of an index, or python3 with pip, whose index is used",
    got,
    next: `set ${indexVariable} for the workers (\`pawl up --stop\`, then \`${indexVariable}=… pawl run\`), or install python3 and pip`,
  });
}
