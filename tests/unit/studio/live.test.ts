import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { appendLines } from "../../../store/history/append.js";
import { layout } from "../../../store/home.js";
import { appendLog } from "../../../store/history/log.js";
import { findRecord, saveRecord } from "../../../store/records/runs.js";
import type { LogLine, LogMessage, OutputMessage, RunMessage, RunsMessage } from "../../../studio/messages.js";
import { toLogLine } from "../../../studio/server/live.js";
import { maxOutputBytes } from "../../../studio/server/program-output.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";
import { openStudio, readEvents, type ReadEvent } from "../../support/studio.js";

const home = useDirectory();
const named = <T>(events: readonly ReadEvent[], name: string): T[] =>
  events.filter(({ event }) => event === name).map(({ message }) => message as T);
const log = (message: string, stage = "base"): void =>
  appendLog(home(), "poems-1", { time: "2026-01-02T03:05:00.000Z", stage, attempt: 1, message });

test("the list of runs begins with all, and continues with what has changed", async () => {
  await makeReportedRun(home());
  const response = await openStudio(home()).ask("/api/live?runs=1");
  let isChanged = false;
  const events = await readEvents(response, (found) => {
    const messages = named<RunsMessage>(found, "runs");
    if (messages.length === 1 && !isChanged) {
      isChanged = true;
      void findRecord(home(), "poems-1").then((record) => saveRecord(home(), { ...record!, status: "failed" }));
    }
    return messages.slice(1).some(({ runs }) => runs.length > 0);
  });
  const messages = named<RunsMessage>(events, "runs");
  const [first, second] = messages.filter(({ runs }) => runs.length > 0);
  expect(first).toMatchObject({ isAll: true, runs: [{ run: "poems-1", status: "succeeded" }] });
  expect(second).toMatchObject({ runs: [{ run: "poems-1", status: "failed" }] });
  expect(second).not.toHaveProperty("isAll");
  expect(messages.at(-1)).toMatchObject({ server: "away" });
  expect(named(events, "waiting")).toEqual([{ count: 0 }]);
});

test("a run that does not exist is a problem, and the connection stays", async () => {
  const response = await openStudio(home()).ask("/api/live?run=poems-9&log=*");
  const events = await readEvents(response, (found) => named(found, "run").length > 0);
  expect(named<RunMessage>(events, "run")[0]).toMatchObject({ stages: [], problem: { code: "RUN_NOT_FOUND" } });
});

test("a log begins with its lines, and continues with new ones", async () => {
  await makeReportedRun(home());
  const response = await openStudio(home()).ask("/api/live?run=poems-1&log=base");
  let isWritten = false;
  const lines = (found: ReadEvent[]): LogLine[] => named<LogMessage>(found, "log").flatMap((message) => message.lines);
  const events = await readEvents(response, (found) => {
    if (lines(found).length === 5 && !isWritten) {
      isWritten = true;
      log("one more");
      log("of another stage", "tokens");
    }
    return lines(found).length > 5;
  });
  expect(lines(events).map(({ message }) => message)).toEqual([
    "started",
    "checkpoint",
    "failed: IO_FAILED: the disk went away",
    "started",
    "resumes from its checkpoint",
    "one more",
  ]);
});

test("a line of 10 MB is cut, and says so", () => {
  const message = "x".repeat(10_000_000);
  const line = toLogLine({
    time: "2026-01-01T00:00:00.000Z",
    stage: "base",
    attempt: 1,
    message,
    data: { more: message },
  });
  expect(line.cutFrom).toBeGreaterThan(20_000_000);
  expect(line.message).toHaveLength(16_384);
  expect(line.message).toMatch(/… \(10000000 characters\)$/);
  expect(line.facts).toHaveLength(16_384);
});

test("of 100,000 lines of a log, the newest are sent, and the rest is counted", async () => {
  await makeReportedRun(home());
  const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i}`);
  for (let i = 0; i < 40; i++) appendBulk(lines.slice(i * 2500, (i + 1) * 2500));
  const response = await openStudio(home()).ask("/api/live?run=poems-1&log=*");
  const isLast = ({ lines: found }: LogMessage): boolean => found.at(-1)?.message === "line 99999";
  const events = await readEvents(response, (found) => named<LogMessage>(found, "log").some(isLast));
  const messages = named<LogMessage>(events, "log");
  const sent = messages.reduce((sum, message) => sum + message.lines.length, 0);
  const leftOut = messages.reduce((sum, message) => sum + (message.leftOut ?? 0), 0);
  expect(sent + leftOut).toBe(100_005);
  for (const message of messages) expect(message.lines.length).toBeLessThanOrEqual(2000);
});

describe("what a program prints", () => {
  const messages = (found: readonly ReadEvent[]): OutputMessage[] => named<OutputMessage>(found, "output");
  const file = (attempt: number): string => layout.output(home(), "poems-1", "base", attempt);
  const print = (text: string | Buffer, attempt = 1): void => {
    mkdirSync(path.dirname(file(attempt)), { recursive: true });
    appendFileSync(file(attempt), text);
  };
  const address = "/api/live?run=poems-1&output=base";

  test("is sent from its beginning, then each new line", async () => {
    await makeReportedRun(home());
    print("one\ntwo\n");
    let isPrinted = false;
    const text = (found: readonly ReadEvent[]): string =>
      messages(found)
        .map((message) => message.text)
        .join("");
    const events = await readEvents(await openStudio(home()).ask(address), (found) => {
      if (text(found).endsWith("two\n") && !isPrinted) {
        isPrinted = true;
        print("three\nno newline: ä");
      }
      return text(found).endsWith("ä");
    });
    expect(text(events)).toBe("one\ntwo\nthree\nno newline: ä");
    expect(messages(events)[0]).toEqual({ isPresent: true, text: "one\ntwo\n", isStart: true });
    expect(messages(events).slice(1)).not.toContainEqual(expect.objectContaining({ isStart: true }));
  });

  test("begins again with a later attempt, and control characters are shown", async () => {
    await makeReportedRun(home(), { states: { base: { attempts: 2 } } });
    print("first\n");
    let isPrinted = false;
    const events = await readEvents(await openStudio(home()).ask(address), (found) => {
      if (messages(found).length > 0 && !isPrinted) {
        isPrinted = true;
        print("\u001b[31m red <b>\n", 2);
      }
      return messages(found).length === 2;
    });
    expect(messages(events)).toEqual([
      { isPresent: true, text: "first\n", isStart: true },
      { isPresent: true, text: "\\u001b[31m red <b>\n", isStart: true },
    ]);
  });

  test("of much, the newest is sent, from the beginning of a line, and the rest is counted", async () => {
    await makeReportedRun(home());
    const line = `${"x".repeat(99)}\n`;
    print(line.repeat(10_000));
    const events = await readEvents(await openStudio(home()).ask(address), (found) => messages(found).length > 0);
    const [{ text, leftOut }] = messages(events) as [OutputMessage];
    expect(text.length).toBeGreaterThan(200_000);
    expect(text.length).toBeLessThanOrEqual(maxOutputBytes);
    expect(text.startsWith("x".repeat(99))).toBe(true);
    expect(text.length + leftOut!).toBe(1_000_000);
  });

  test("is nothing of a stage whose program has not run, and of a run that does not exist", async () => {
    await makeReportedRun(home());
    const events = await readEvents(await openStudio(home()).ask(address), (found) => messages(found).length > 0);
    expect(messages(events)).toEqual([{ isPresent: false, text: "", isStart: true }]);
    const missing = await openStudio(home()).ask("/api/live?run=poems-9&output=base");
    const others = await readEvents(missing, (found) => named(found, "run").length > 0);
    expect(messages(others)).toEqual([]);
  });
});

/** Many lines in one write. */
function appendBulk(messages: readonly string[]): void {
  const text = messages.map((message) =>
    JSON.stringify({ time: "2026-01-03T00:00:00.000Z", stage: "many", attempt: 1, message }),
  );
  appendLines(path.join(layout.log(home(), "poems-1"), "many.jsonl"), `${text.join("\n")}\n`);
}
