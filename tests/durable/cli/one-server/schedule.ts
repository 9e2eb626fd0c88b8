import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { taskQueues, workflowType, type RunRequest } from "../../../../schemas/run.js";
import { connectToRunning } from "../../../../worker/server/connection.js";
import { shell } from "./shell.js";

/** A pipeline that runs a program, which only a run with a grant may. */
const scheduled = (more: string): string => `schedule: { cron: "30 4 1 1 *", timeZone: Europe/Berlin }
stages:
  told:
    uses: command
    cache: false
    with: { shell: true, run: 'echo "${more}" > "$PAWL_OUTPUTS/said"', outputs: { said: files } }
`;
shell.pipeline("yearly", scheduled("first"));
shell.pipeline(
  "asking",
  `schedule: { interval: 300d }\nstages:\n  ask: { uses: approve, with: { message: Continue? } }\n`,
);
shell.pipeline("plain", "stages:\n  text: { uses: dataset, with: { source: { text: one } } }\n");

interface Listed {
  schedule: string;
  when: string;
  paused: boolean;
  next?: string;
  run?: string;
  status?: string;
  definition: string;
}

const first = async <T>(...args: string[]): Promise<T> => (await shell.json<T>(...args))[0]!;

/** The schedules, once as many are listed as asked for: the server indexes them a moment later. */
async function listed(count: number): Promise<Listed[]> {
  for (;;) {
    const found = await first<Listed[]>("schedule", "list");
    if (found.length === count) return found;
  }
}

const trigger = (name: string): Promise<{ event: string; run: string }> => first("schedule", "trigger", name);
const watched = async (run: string) =>
  (await shell.json<{ status: string; outputs: object }>("watch", run)).at(-1) as { status: string; outputs: object };

test("the pipeline that ships is applied, listed and triggered; its run is a run like any other", async () => {
  const applied = await first<{ event: string; next: string }>("schedule", "apply", "nightly", "-i", "steps=3");
  expect(applied).toMatchObject({ schedule: "nightly", event: "created" });
  expect(new Date(applied.next).toISOString()).toMatch(/T0[01]:00:00/);
  const { run, event } = await trigger("nightly");
  expect(event).toBe("started");
  expect(run).toMatch(/^nightly-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(await watched(run)).toMatchObject({ status: "succeeded", outputs: { bitsPerByte: expect.any(Number) } });
  expect((await shell.json<{ run: string }[]>("list"))[0]![0]).toMatchObject({ run, status: "succeeded" });
  expect(await first("status", run)).toMatchObject({ run, status: "succeeded" });
  const [nightly] = await listed(1);
  expect(nightly).toMatchObject({
    schedule: "nightly",
    when: "0 2 * * * (Europe/Berlin)",
    paused: false,
    run,
    status: "succeeded",
    definition: "applied",
  });
  await first("schedule", "delete", "nightly");
  await listed(0);
});

test("the definition that was applied runs until another one is applied; only runs of the schedule may use it", async () => {
  await first("schedule", "apply", "yearly", "--name", "often");
  writeFileSync(path.join(shell.directory, "pipelines", "yearly.yaml"), `name: yearly\n${scheduled("second")}`);
  expect(await listed(1)).toMatchObject([{ schedule: "often", definition: "changed" }]);
  const { run } = await trigger("often");
  expect(await watched(run)).toMatchObject({ status: "succeeded" });
  const { directory } = await first<{ directory: string }>("inspect", `${run}/told/said`);
  expect(readFileSync(path.join(directory, "files", "said"), "utf8")).toBe("first\n");

  const { client, request } = await scheduledRequest("often");
  const start = (workflowId: string) =>
    client.workflow.execute(workflowType, { workflowId, taskQueue: taskQueues.cpu, args: [request] });
  await expect(start("often-2020-01-01T00:00:00Z")).resolves.toBeDefined();
  await expect(start("another-run")).rejects.toMatchObject({ cause: { type: "CODE_NOT_ALLOWED" } });
  await client.connection.close();

  expect(await first("schedule", "apply", "yearly", "--name", "often")).toMatchObject({ event: "updated" });
  expect(await listed(1)).toMatchObject([{ definition: "applied" }]);
  await first("schedule", "pause", "often");
  const [paused] = await listed(1);
  expect(paused).toMatchObject({ paused: true });
  expect(paused).not.toHaveProperty("next");
  await first("schedule", "apply", "yearly", "--name", "often");
  expect(await listed(1)).toMatchObject([{ paused: true }]);
  await first("schedule", "resume", "often");
  expect(await listed(1)).toMatchObject([{ paused: false, next: expect.stringMatching(/-01-01T03:30:00/) }]);
  await first("schedule", "delete", "often");
  await listed(0);
});

/** The request that a schedule starts its runs with. */
async function scheduledRequest(name: string) {
  const client = await connectToRunning(shell.up());
  const { action } = await client.schedule.getHandle(name).describe();
  return { client, request: action.args![0] as RunRequest };
}

test("the runs of a past span are started one after the other; a span without any is refused", async () => {
  await first("schedule", "apply", "yearly", "--name", "past");
  const span = (from: string, to: string) => ["schedule", "backfill", "past", "--from", from, "--to", to];
  const { times } = await first<{ times: string[] }>(...span("2024-06-01", "2026-06-01"));
  expect(times).toEqual(["2025-01-01T03:30:00.000Z", "2026-01-01T03:30:00.000Z"]);
  for (const year of [2025, 2026]) {
    const run = `past-${year}-01-01T03:30:00Z`;
    // The second one starts once the first has ended.
    while ((await shell.pawl("status", run)).code !== 0) continue;
    expect(await watched(run)).toMatchObject({ status: "succeeded" });
  }
  const refusal = async (from: string, to: string) => (await shell.pawl(...span(from, to))).note;
  expect(await refusal("2025-02-01", "2025-03-01")).toContain("schedule past has no time in this span");
  expect(await refusal("2025-03-01", "2025-02-01")).toContain("--from must be before --to");
  expect(await refusal("2025-03-01", "2999-01-01")).toContain("--to lies in the future");
  expect((await shell.pawl("schedule", "backfill", "past")).note).toMatch(/the span has no first time[^]*MISSING_KEY/);
  expect(await refusal("yesterday", "2025-01-01")).toContain("It must be a time");
  await first("schedule", "delete", "past");
});

test("a run is not started beside one that is under way; what is not there is named", async () => {
  await first("schedule", "apply", "asking");
  const { run } = await trigger("asking");
  const skipped = await shell.pawl("schedule", "trigger", "asking");
  expect(skipped.code).toBe(1);
  expect(skipped.note).toContain(`run ${run} is under way, and the schedule skips runs until it has ended`);
  const missing = await shell.pawl("schedule", "pause", "askin");
  expect(missing.note).toMatch(/there is no schedule askin[^]*did you mean asking\?/);
  const plain = await shell.pawl("schedule", "apply", "plain");
  expect(plain.note).toMatch(/the pipeline has no schedule[^]*MISSING_KEY/);
});
