import fs, { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { appendLog, layout, readLog, type LogEntry } from "../../../store/index.js";
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

test("half a line, left by a killed process, spoils no other line", async () => {
  appendLog(home(), "run/1", line("a", 1));
  appendFileSync(path.join(layout.log(home(), "run/1"), "a.jsonl"), '{"time":"2020');
  expect(await all()).toEqual(["at 1"]);
  appendLog(home(), "run/1", line("a", 2));
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

test("a line that cannot be written is reported on standard error and stops nobody", () => {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  writeFileSync(layout.runs(home()), "a file where a directory should be");
  appendLog(home(), "run/1", line("a", 1));
  expect(write.mock.calls.flat().join("")).toMatch(/^a line for .*a\.jsonl is lost \(E.*\): at 1\n$/);
  write.mockRestore();
});
