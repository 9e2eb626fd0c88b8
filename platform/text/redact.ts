/** Matches the user and password of a URL. */
const userInfo = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>\\]+@/gi;

/** A variable whose name ends with one of these words holds a secret. */
const secretWords = [
  "TOKEN",
  "PASSWORD",
  "PASSWD",
  "PASSPHRASE",
  "SECRET",
  "CREDENTIALS?",
  "(?:API|ACCESS|SECRET|PRIVATE|SSH|SIGNING|ENCRYPTION|MASTER|ACCOUNT|STORAGE|SERVICE|SHARED|AUTH|DEPLOY)_?KEY",
  "CONNECTION_?STRING",
  "WEBHOOK(?:_UR[IL])?",
  // These count only as separate words: the program that asks for a password is not a secret.
  "(?<![A-Z])(?:PASS|PAT|DSN|COOKIE)",
  "_PWD",
];
/** Secrets of workers, whatever their name. */
const namedSecret = "^PAWL_SECRET_NAME".replace("NAME", "(?!COMMAND$)");
/** A number may follow: API_KEY_2. */
const secretName = new RegExp(`(?:${secretWords.join("|")})(?:_?\\d+)?$|${namedSecret}`, "i");
/**
 * Shorter values, and values such as `true` (USE_TOKEN=true), are switches or numbers. Redacting
 * them would remove every 1 from logs.
 */
const plainWord = /^(?:true|false|null|none|yes|off)$/i;
const minVariableLength = 4;
const minLearnedLength = 3;

/** Shorter secrets may be part of other words, so they are replaced only as whole words. */
const minSecretLength = 8;

/** Replaces a secret. */
export const stars = "***";

/** Secrets that this process has read. */
const learned = new Set<string>();
/** Secrets of its environment, and when they were read, ms. */
let ofEnvironment: { secrets: readonly string[]; readAt: number } = { secrets: [], readAt: -Infinity };
/**
 * To read the variables for each line of a log takes longer than the rest: they are read again
 * after this time, ms.
 */
const environmentLastsMs = 1000;
/** Finds all of them; undefined: not built since the last one came; null: there are none. */
let pattern: RegExp | null | undefined;

/** Registers a secret, so that `redact` finds it. */
export function learnSecret(secret: string): void {
  if (secret.length < minLearnedLength || plainWord.test(secret) || learned.has(secret)) return;
  learned.add(secret);
  pattern = undefined;
}

/** Reads the secrets of the environment right away: it has just been changed. */
export function learnEnvironment(): void {
  const named = Object.entries(process.env).filter(([name]) => secretName.test(name));
  const secrets = named
    .map(([, value = ""]) => value)
    .filter((value) => value.length >= minVariableLength && !plainWord.test(value));
  ofEnvironment = { secrets, readAt: performance.now() };
  pattern = undefined;
}

/**
 * The forms in which a secret is printed: verbatim, as JSON writes it, and line by line. Not the
 * lines around a PEM key, which every key has, nor short ones.
 */
export function secretForms(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const long = lines.length === 1 ? [] : lines.filter((line) => line.length >= minSecretLength && !/^-----/.test(line));
  const forms = [secret, ...long];
  return [...new Set([...forms, ...forms.map((form) => JSON.stringify(form).slice(1, -1))])];
}

/**
 * A pattern that finds any of several texts; of those that begin at the same place, the longest.
 */
export function alternatives(texts: readonly string[], flags: string, written = escaped): RegExp {
  const byLength = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(byLength.map(written).join("|"), flags);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
const alone = (text: string): string =>
  text.length >= minSecretLength ? escaped(text) : `(?<![\\p{L}\\p{N}_])${escaped(text)}(?![\\p{L}\\p{N}_])`;

/**
 * Removes secrets from a text: user and password of a URL, values of environment variables that are
 * named like secrets (HF_TOKEN), and everything that `learnSecret` registered. All text for people
 * or for the workflow's history passes through it: terminal, logs, failures. Values are redacted
 * before they become JSON: `redactAll`.
 */
export function redact(text: string): string {
  return withoutSecrets(text, secretPattern());
}

/** Redacts every text of a value that will become JSON, keys included. */
export function redactAll(value: unknown): unknown {
  const secrets = secretPattern();
  const walk = (member: unknown): unknown => {
    if (typeof member === "string") return withoutSecrets(member, secrets);
    if (typeof member !== "object" || member === null) return member;
    if (Array.isArray(member)) return member.map(walk);
    const { toJSON } = member as { toJSON?: unknown };
    if (typeof toJSON === "function") return walk(Reflect.apply(toJSON, member, []));
    return Object.fromEntries(
      Object.entries(member).map(([name, item]) => [withoutSecrets(name, secrets), walk(item)]),
    );
  };
  return walk(value);
}

function withoutSecrets(text: string, secrets: RegExp | null): string {
  // Runs first: a secret may be a URL with a password, and then the whole URL is secret.
  const clean = secrets === null ? text : text.replace(secrets, stars);
  return clean.replace(userInfo, `$1${stars}@`);
}

function secretPattern(): RegExp | null {
  if (performance.now() - ofEnvironment.readAt >= environmentLastsMs) learnEnvironment();
  if (pattern === undefined) {
    const forms = [...new Set([...learned, ...ofEnvironment.secrets].flatMap(secretForms))];
    pattern = forms.length === 0 ? null : alternatives(forms, "gu", alone);
  }
  return pattern;
}
