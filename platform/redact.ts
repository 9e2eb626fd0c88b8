/** User and password of an address. */
const userInfo = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>\\]+@/gi;
/** Names of variables whose values are secrets. */
const secretName = /(TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIALS?|API_?KEY|PRIVATE_KEY)$/i;
/** Shorter values are words that may occur anywhere. */
const shortestSecret = 8;

/** Secrets that this process has read from files. */
const learned = new Set<string>();

/** Registers a secret, so that `redact` finds it. */
export function learnSecret(secret: string): void {
  if (secret.length >= shortestSecret) learned.add(secret);
}

/**
 * A text without secrets: user and password of an address, the values of this process's variables that are named like
 * secrets (HF_TOKEN), and what `learnSecret` has registered. Everything that leaves a process for people or for history
 * passes through it: the terminal, the log of a run, failures.
 */
export function redact(text: string): string {
  let clean = text.replace(userInfo, "$1***@");
  for (const secret of [...learned, ...environmentSecrets()]) clean = clean.replaceAll(secret, "***");
  return clean;
}

function environmentSecrets(): string[] {
  // To read a variable costs more than its name: for each line of a log, only those are read that count.
  return Object.keys(process.env).flatMap((name) => {
    const value = secretName.test(name) ? process.env[name] : undefined;
    return value !== undefined && value.length >= shortestSecret ? [value] : [];
  });
}
