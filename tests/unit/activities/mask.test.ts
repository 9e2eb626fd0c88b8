import { masking } from "../../../activities/command/mask.js";

/** What is passed on of pieces. */
function masked(secrets: string[], ...pieces: string[]): string {
  let text = "";
  const write = masking(secrets, (bytes) => (text += bytes.toString("latin1")));
  for (const piece of pieces) write(Buffer.from(piece, "latin1"));
  write();
  return text;
}

test("secrets are replaced, also if they are cut between pieces", () => {
  expect(masked(["hunter2"], "a hunter2 b hunter2")).toBe("a *** b ***");
  expect(masked(["hunter2"], "a hun", "ter", "2 b")).toBe("a *** b");
  expect(masked(["hunter2"], ..."a hunter2 hunter".split(""))).toBe("a *** hunter");
});

test("a secret that contains another is replaced as a whole", () => {
  expect(masked(["abc", "abcdef"], "abcdef abc")).toBe("*** ***");
});

test("other bytes pass unchanged", () => {
  const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
  expect(masked([], bytes)).toBe(bytes);
  expect(masked(["none of these"], bytes, bytes)).toBe(bytes + bytes);
});

const pem = "-----BEGIN KEY-----\n0123456789abcdef\nZw==\n-----END KEY-----";

test("a key of several lines is replaced as a whole, however it is cut; so is each long line, and its JSON", () => {
  for (let at = 1; at < pem.length; at++)
    expect(masked([pem], `a ${pem.slice(0, at)}`, `${pem.slice(at)} b`)).toBe("a *** b");
  expect(masked([pem], "only 01234", "56789abcdef")).toBe("only ***");
  expect(masked([pem], JSON.stringify({ key: pem }))).toBe('{"key":"***"}');
  expect(masked(["$&.", "*"], "a $&. b * c $$&")).toBe("a *** b *** c $$&");
});
