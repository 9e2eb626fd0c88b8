import { writeFileSync } from "node:fs";
import path from "node:path";
import { notice, printable } from "../../../platform/text/printable.js";
import { learnEnvironment } from "../../../platform/text/redact.js";
import { layout } from "../../../store/home.js";
import { appendLog } from "../../../store/history/log.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const hostile = "a\u001b[2Jb\u0007\u202e\rforged: line\nhttps://me:secret@example.com/x";
const oneLine = "a\\u001b[2Jb\\u0007\\u202e\\u000dforged: line\\u000ahttps://***@example.com/x";

/** What `act` writes to standard error. */
function written(act: () => void): string {
  let text = "";
  const write = jest.spyOn(process.stderr, "write").mockImplementation((piece) => ((text += String(piece)), true));
  try {
    act();
  } finally {
    write.mockRestore();
  }
  return text;
}

test("a notice is one line without control characters and secrets, whatever names stand in it", () => {
  expect(written(() => notice(hostile))).toBe(`${oneLine}\n`);
});

test("printable text keeps its lines", () => {
  expect(printable("a\n\tb\u001b")).toBe("a\n\tb\\u001b");
});

test("JSON without secrets stays JSON: texts are redacted one by one, numbers stay", () => {
  process.env["A_PASS"] = "1234";
  process.env["B_TOKEN"] = 'n"quoted"\nlines';
  learnEnvironment();
  try {
    const value = { n: 1234, pin: "1234", list: ['say n"quoted"\nlines'], big: "\u2028" };
    expect(JSON.parse(printable(`${JSON.stringify(value)}\n`))).toEqual({ ...value, pin: "***", list: ["say ***"] });
    expect(printable("{1234}")).toBe("{***}");
  } finally {
    delete process.env["A_PASS"];
    delete process.env["B_TOKEN"];
  }
});

test("a lost line of a log does not steer the terminal", () => {
  const home = directory();
  writeFileSync(path.join(home, "file"), "");
  const lost = path.join(home, "file", "below");
  const entry = { time: "2026-01-01T00:00:00.000Z", stage: "s", attempt: 1, message: hostile };
  const text = written(() => appendLog(lost, "run", entry));
  expect(text).toContain(`a line for ${layout.log(lost, "run")}`);
  expect(text.endsWith(`: ${oneLine}\n`)).toBe(true);
});
