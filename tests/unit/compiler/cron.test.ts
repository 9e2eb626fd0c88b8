import { cronProblem } from "../../../compiler/definition/cron.js";

test.each([
  "0 2 * * *",
  "  5/15  1-5/2 1,15 jan,Jun-AUGUST MON-FRI ",
  "*/7 0-23 29 2 *",
  "0 0 31 1,2 *",
  "59 23 * 12 0",
  "0 0 * * 5-7",
  "0 0 * * sunday",
])("%j is a cron expression", (text) => expect(cronProblem(text)).toBeUndefined());

test.each([
  ["", /must have five fields, got 0/],
  ["0 2 * *", /must have five fields, got 4/],
  ["@daily", /must have five fields, got 1/],
  ["0 0 2 * * *", /must have five fields, got 6/],
  ["60 2 * * *", /a wrong minute, 60/],
  ["0 24 * * *", /a wrong hour, 24/],
  ["0 2 0 * *", /a wrong day of the month, 0/],
  ["0 2 * 13 *", /a wrong month, 13/],
  ["0 2 * ja *", /a wrong month, ja/],
  ["0 2 * * 8", /a wrong day of the week, 8/],
  ["0 2 * * fri-mon", /a wrong day of the week, fri-mon/],
  ["10-5 * * * *", /a wrong minute, 10-5/],
  ["1-2-3 * * * *", /a wrong minute, 1-2-3/],
  ["*/0 * * * *", /a wrong minute, \*\/0/],
  ["1,,2 * * * *", /a wrong minute, $/],
  ["0 2 ? * *", /a wrong day of the month, \?/],
  ["-1 * * * *", /a wrong minute, -1/],
  ["1- * * * *", /a wrong minute, 1-/],
  ["0 2 30 2 *", /never comes/],
  ["0 2 31 4-6/2 *", /never comes/],
])("%j is none", (text, message) => expect(cronProblem(text)?.message).toMatch(message));
