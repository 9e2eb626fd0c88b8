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
