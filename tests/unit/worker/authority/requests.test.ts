import { useDirectory } from "../../../support/directory.js";
import { isSigned, signRequest, signSchedule } from "../../../../worker/authority/requests.js";

const home = useDirectory();
const request = { definition: "name: a", project: "/project" };

test("a schedule's signature is valid for the runs of this schedule, and for no other request", () => {
  const signed = signSchedule(home(), "nightly", request);
  expect(isSigned(home(), "nightly-2026-11-28T02:00:00Z", signed)).toBe(true);
  for (const run of ["nightly", "nightly-x-2026-11-28T02:00:00Z", "nightly-2026-11-28", "hourly-2026-11-28T02:00:00Z"])
    expect([run, isSigned(home(), run, signed)]).toEqual([run, false]);
  const run = "nightly-2026-11-28T02:00:00Z";
  expect(isSigned(home(), run, { ...signed, definition: "name: b" })).toBe(false);
  expect(isSigned(home(), "hourly-2026-11-28T02:00:00Z", { ...signed, schedule: "hourly" })).toBe(false);
  const { schedule: _, ...unscheduled } = signed;
  expect(isSigned(home(), run, unscheduled)).toBe(false);
});

test("the signature of one run is none of a schedule", () => {
  const run = "nightly-2026-11-28T02:00:00Z";
  const signed = signRequest(home(), run, request);
  expect(isSigned(home(), run, signed)).toBe(true);
  expect(isSigned(home(), run, { ...signed, schedule: "nightly" })).toBe(false);
});
