import { learnSecret, redact } from "../../../platform/redact.js";

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
  learnSecret("a password of a file");
  try {
    expect(redact("sent hf_0123456789 and abc")).toBe("sent *** and abc");
    expect(redact("a password of a file, twice: a password of a file")).toBe("***, twice: ***");
  } finally {
    delete process.env["HF_TOKEN"];
    delete process.env["SHORT_TOKEN"];
  }
});
