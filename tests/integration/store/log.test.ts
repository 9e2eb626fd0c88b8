import fs, { appendFileSync, writeFileSync } from "node:fs";
import promises from "node:fs/promises";
import path from "node:path";
import { learnSecret } from "../../../platform/text/redact.js";
import { layout } from "../../../store/home.js";
import { appendLog, type LogEntry } from "../../../store/history/log.js";
import { readLog } from "../../../store/history/log-reader.js";
import { useDirectory } from "../../support/directory.js";
import { runChild } from "./children.js";

const home = useDirectory();
const line = (stage: string, second: number, message = `at ${second}`): LogEntry => ({
  time: new Date(second * 1000).toISOString(),
  stage,
  attempt: 1,
  message,
});

async function all(stage?: string): Promise<string[]> {
  const messages: string[] = [];
  for await (const entry of readLog(home(), "run/1", stage === undefined ? {} : { stage }))
    messages.push(entry.message);
  return messages;
}

test("lines of all stages come in order of time, or those of one stage", async () => {
  expect(await all()).toEqual([]);
  appendLog(home(), "run/1", line("a", 1));
  appendLog(home(), "run/1", line("b", 2));
  appendLog(home(), "run/1", { ...line("a", 3, "größer"), data: { loss: 0.5 } });
  expect(await all()).toEqual(["at 1", "at 2", "größer"]);
  expect(await all("b")).toEqual(["at 2"]);
});

test("secrets with quotes, backslashes and line breaks are in no line, and every line stays JSON", async () => {
  const secrets = ['say "friend"\\ 1', "-----BEGIN KEY-----\n0123456789abcdef\nZw==\n-----END KEY-----", "9876"];
  secrets.forEach(learnSecret);
  for (const secret of secrets)
    appendLog(home(), "run/1", { ...line("a", 9876, `got ${secret}!`), data: { [secret]: [secret] } });
  const entry = { ...line("a", 9876, "got ***!"), data: { "***": ["***"] } };
  for await (const found of readLog(home(), "run/1")) expect(found).toEqual(entry);
  expect(await all()).toHaveLength(3);
});

test("half a line, left by a killed process, spoils no other line", async () => {
  appendLog(home(), "run/1", line("a", 1));
  appendFileSync(path.join(layout.log(home(), "run/1"), "a.jsonl"), '{"time":"2020');
  expect(await all()).toEqual(["at 1"]);
  appendLog(home(), "run/1", line("a", 2));
  expect(await all()).toEqual(["at 1", "at 2"]);
});

test("a line in which any bit was flipped is left out and counted, never shown as right", async () => {
  appendLog(home(), "run/1", { ...line("a", 1), data: { clipFraction: 0 } });
  const file = path.join(layout.log(home(), "run/1"), "a.jsonl");
  const whole = fs.readFileSync(file);
  const read = async () => {
    let damaged = 0;
    const entries: LogEntry[] = [];
    for await (const entry of readLog(home(), "run/1", { onDamaged: (count) => (damaged += count) }))
      entries.push(entry);
    return { entries, damaged };
  };
  const { entries: right, damaged: none } = await read();
  expect(right).toEqual([{ ...line("a", 1), data: { clipFraction: 0 } }]);
  expect(none).toBe(0);
  for (let byte = 0; byte < whole.length - 1; byte++)
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[byte]! ^= 1 << bit;
      writeFileSync(file, flipped);
      const { entries, damaged } = await read();
      if (damaged === 0) expect(entries).toMatchObject(right);
    }
});

test("lines of an earlier build, without a checksum, are read", async () => {
  appendLog(home(), "run/1", line("a", 1));
  appendFileSync(path.join(layout.log(home(), "run/1"), "a.jsonl"), `${JSON.stringify(line("a", 2))}\n`);
  expect(await all()).toEqual(["at 1", "at 2"]);
});

test("lines of two processes never mix", async () => {
  const outcomes = await Promise.all([runChild("log-much.ts", home(), "x"), runChild("log-much.ts", home(), "y")]);
  expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0]);
  const messages: string[] = [];
  for await (const entry of readLog(home(), "run")) messages.push(entry.message);
  expect(messages).toHaveLength(400);
  expect(messages.filter((message) => message === "x".repeat(2000))).toHaveLength(200);
});

test("a follower is given what is written after it began, until it is aborted", async () => {
  appendLog(home(), "run/1", line("a", 1));
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const entry of readLog(home(), "run/1", { follow: stop.signal })) {
    seen.push(entry.message);
    if (seen.length === 1) appendLog(home(), "run/1", line("b", 2));
    if (seen.length === 2) appendLog(home(), "run/1", line("a", 3));
    if (seen.length !== 3) continue;
    appendLog(home(), "run/1", line("b", 4));
    stop.abort();
  }
  expect(seen).toEqual(["at 1", "at 2", "at 3", "at 4"]);
});

test("where the system refuses to watch, a follower looks every second", async () => {
  jest.spyOn(fs, "watch").mockImplementation(() => {
    throw Object.assign(new Error("ENOSPC: System limit for number of file watchers reached"), { code: "ENOSPC" });
  });
  appendLog(home(), "run/1", line("a", 1));
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const entry of readLog(home(), "run/1", { follow: stop.signal })) {
    seen.push(entry.message);
    if (seen.length === 1) appendLog(home(), "run/1", line("a", 2));
    if (seen.length === 2) stop.abort();
  }
  jest.restoreAllMocks();
  expect(seen).toEqual(["at 1", "at 2"]);
});

test("a file is read in pieces: lines longer than one, and characters at their ends, are whole", async () => {
  const messages = ["a".repeat(3_000_000), "é".repeat(700_000), "b".repeat(5), "ü".repeat(1_300_000), "last"];
  messages.forEach((message, i) => appendLog(home(), "run/1", { ...line("a", i), message }));
  for (const stage of [undefined, "a"]) {
    const read: string[] = [];
    for await (const { message } of readLog(home(), "run/1", stage === undefined ? {} : { stage })) read.push(message);
    // Not with toEqual, which would print megabytes.
    expect(read.map((message, i) => message === messages[i])).toEqual([true, true, true, true, true]);
  }
});

test("of many lines, only the newest are yielded, and the others are counted", async () => {
  for (let i = 0; i < 500; i++) appendLog(home(), "run/1", line(i % 2 === 0 ? "a" : "b", i));
  let leftOut = 0;
  const read: string[] = [];
  const newest = { most: 20, onLeftOut: (count: number) => void (leftOut += count) };
  for await (const { message } of readLog(home(), "run/1", { newest })) read.push(message);
  expect(read).toEqual(Array.from({ length: 20 }, (_, i) => `at ${480 + i}`));
  expect(leftOut).toBe(480);
});

test("a follower opens only the files that have changed, not those of all stages", async () => {
  for (let i = 0; i < 200; i++) appendLog(home(), "run/1", line(`s${i}`, i));
  const open = jest.spyOn(promises, "open");
  // However slow the machine is, the time of the next look at all files does not come.
  jest.spyOn(performance, "now").mockReturnValue(0);
  const stop = new AbortController();
  let [seen, opened] = [0, 0];
  for await (const { message } of readLog(home(), "run/1", { follow: stop.signal })) {
    if (++seen === 200) {
      opened = open.mock.calls.length;
      appendLog(home(), "run/1", line("s7", 1000));
    }
    if (message !== "at 1000") continue;
    expect(open.mock.calls.length - opened).toBeLessThan(10);
    stop.abort();
  }
  jest.restoreAllMocks();
  expect(seen).toBe(201);
});

test("a line that cannot be written is reported on standard error and stops nobody", () => {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  writeFileSync(layout.runs(home()), "a file where a directory should be");
  appendLog(home(), "run/1", line("a", 1));
  expect(write.mock.calls.flat().join("")).toMatch(/^a line for .*a\.jsonl is lost \(E.*\): at 1\n$/);
  write.mockRestore();
});
