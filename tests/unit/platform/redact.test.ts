import fc from "fast-check";
import { learnEnvironment, learnSecret, redact, redactAll } from "../../../platform/text/redact.js";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test.each([
  ["https://me:pa55w0rd@example.com/a?b=c", "https://***@example.com/a?b=c"],
  ["got http://token@host:80, and more", "got http://***@host:80, and more"],
  ['{"url":"https://:secret@example.com/x"}', '{"url":"https://***@example.com/x"}'],
  ["https://example.com/users/a@b", "https://example.com/users/a@b"],
  ["mail a@b.c", "mail a@b.c"],
])("an address shows neither user nor password: %s", (text, shown) => expect(redact(text)).toBe(shown));

test("secrets of the environment and of files are known by their value", () => {
  process.env["HF_TOKEN"] = "hf_0123456789";
  process.env["SHORT_TOKEN"] = "abc";
  learnEnvironment();
  learnSecret("a password of a file");
  learnSecret("https://me:pa55w0rd@example.com/hook");
  expect(redact("sent hf_0123456789 and abc")).toBe("sent *** and abc");
  expect(redact("post to https://me:pa55w0rd@example.com/hook")).toBe("post to ***");
  expect(redact("a password of a file, twice: a password of a file")).toBe("***, twice: ***");
});

test.each([
  "HF_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_CONNECTION_STRING",
  "DB_PASS",
  "PASS",
  "MYSQL_PWD",
  "GPG_PASSPHRASE",
  "GITHUB_PAT",
  "SENTRY_DSN",
  "SLACK_WEBHOOK_URL",
  "OPENAI_API_KEY_2",
  "npm_config__authToken",
  "PAWL_SECRET_ANY",
])("the value of %s is a secret", (name) => {
  process.env[name] = "v4lue-of-a-variable";
  learnEnvironment();
  expect(redact("it is v4lue-of-a-variable")).toBe("it is ***");
});

test.each([
  "PATH",
  "OLDPWD",
  "GIT_ASKPASS",
  "COMPAT",
  "SORT_KEY",
  "PRIMARY_KEY",
  "PAWL_SECRET_COMMAND",
  "PAWL_SECRETS",
])("the value of %s is none", (name) => {
  process.env[name] = "v4lue-of-a-variable";
  learnEnvironment();
  expect(redact("it is v4lue-of-a-variable")).toBe("it is v4lue-of-a-variable");
});

test("a short secret is replaced where it stands alone", () => {
  process.env["DB_PASS"] = "1a2b";
  process.env["USE_TOKEN"] = "true";
  learnEnvironment();
  for (const value of ["7qz", "1", "on", "true"]) learnSecret(value);
  expect(redact("1a2b, (1a2b) and x1a2b are true; 7qz is not 7qzs; 1 is on")).toBe(
    "***, (***) and x1a2b are true; *** is not 7qzs; 1 is on",
  );
});

const pem = `-----BEGIN PRIVATE KEY-----
0123456789abcdef0123456789abcdef
fedcba9876543210fedcba9876543210
Zw==
-----END PRIVATE KEY-----`;

test("a key of several lines is replaced as a whole, as JSON writes it, and each long line of it", () => {
  learnSecret(pem);
  expect(redact(`the key ${pem} ends`)).toBe("the key *** ends");
  expect(redact(JSON.stringify({ key: pem }))).toBe('{"key":"***"}');
  expect(redact("only fedcba9876543210fedcba9876543210")).toBe("only ***");
  expect(redact("-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----");
});

test("texts are redacted wherever a value holds them, names included; what is no text stays", () => {
  learnSecret('say "friend"\\');
  const when = new Date(0);
  expect(redactAll({ 'say "friend"\\': [1, null, { a: 'x say "friend"\\' }], when, none: undefined })).toEqual({
    "***": [1, null, { a: "x ***" }],
    when: when.toJSON(),
    none: undefined,
  });
});

const secret = fc.oneof(
  fc.string({ minLength: 8, unit: "grapheme" }),
  fc
    .array(fc.constantFrom('"', "\\", "\n", "\r\n", "a", "'", "$&", "."), { minLength: 8, maxLength: 20 })
    .map((all) => all.join("")),
);

test("no secret of eight or more characters is in what was redacted, nor in its JSON, however it is written", () =>
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, left, right) => {
      process.env["A_TOKEN"] = value;
      learnEnvironment();
      fc.pre(!"***".includes(value));
      const clean = redactAll({ text: left + value + right, deep: [{ [value]: value }] });
      const texts: string[] = [];
      JSON.stringify(clean, (key, member: unknown) => {
        texts.push(key, ...(typeof member === "string" ? [member] : []));
        return member;
      });
      for (const text of texts) expect(text).not.toContain(value);
      expect(redact(JSON.stringify(value))).toBe('"***"');
    }),
  ));
