import type { StageRequest } from "../../../../schemas/run.js";
import { refuseWithoutTicket, ticketFor } from "../../../../worker/authority/tickets.js";
import { useDirectory } from "../../../support/directory.js";

const home = useDirectory();
const other = useDirectory();
const scheduler = { workflowId: "run", runId: "execution" };
const digest = "0".repeat(64);
const allowed: StageRequest = {
  ...{ runId: "run", pipeline: "p", stage: "a", uses: "command", seed: 1, reuse: true, attempt: 1, plan: digest },
  with: { run: ["true"] },
  compute: { device: "cpu", threads: 2, flags: "" } as never,
  store: "store",
  project: "/project",
  mayRunCode: true,
  given: { pairs: { artifact: "pairs", digest }, choices: { 1: "first" } },
  approval: { message: "deploy?", answer: { approved: true, by: "me", at: "now", answers: {} } },
  checkpoint: { everyMs: 1000, keep: 2 },
};
const withTicket = (): StageRequest => ({ ...allowed, ticket: ticketFor(home(), "execution", allowed) });
const refused = expect.objectContaining({ code: "TICKET_INVALID" });

test("an attempt that was allowed runs, also its second half", () => {
  refuseWithoutTicket(home(), scheduler, withTicket());
  refuseWithoutTicket(home(), scheduler, { ...withTicket(), called: { directory: "d", result: 5 } });
});

/** Each field of the request with another value, absent, and one that the request lacks. */
const changes: [string, unknown][] = [
  ...Object.entries({
    ...{ runId: "other", pipeline: "q", stage: "b", uses: "dataset", seed: 2, reuse: false, attempt: 2 },
    ...{ with: { run: ["id"] }, compute: { device: "gpu" }, store: "another", project: "/etc", mayRunCode: false },
    ...{ given: { choices: {} }, approval: { message: "x" }, checkpoint: { everyMs: 1, keep: 2 } },
    ...{ withDigest: digest, plan: "1".repeat(64) },
  }),
  ...["with", "project", "mayRunCode", "given", "approval", "store"].map((name): [string, unknown] => [
    name,
    undefined,
  ]),
];
test.each(changes)("an attempt with another %s is refused", (name, value) => {
  const changed = { ...withTicket(), [name]: value };
  const from = { ...scheduler, workflowId: changed.runId };
  expect(() => refuseWithoutTicket(home(), from, changed)).toThrow(refused);
});

test("a ticket is valid in the execution and in the home for which it was made, and nowhere else", () => {
  for (const from of [undefined, { ...scheduler, runId: "later" }, { ...scheduler, workflowId: "other" }])
    expect(() => refuseWithoutTicket(home(), from, withTicket())).toThrow(refused);
  expect(() => refuseWithoutTicket(other(), scheduler, withTicket())).toThrow(refused);
});

test.each([null, undefined, 5, "run", [], {}, { runId: "run" }, { ...allowed }, { ...allowed, ticket: 5 }])(
  "%j has no ticket",
  (request) => {
    expect(() => refuseWithoutTicket(home(), scheduler, request as never)).toThrow(refused);
  },
);
