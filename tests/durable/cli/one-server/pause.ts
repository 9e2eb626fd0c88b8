import { pause } from "../../../../platform/processes/pause.js";
import { shell } from "./shell.js";

shell.pipeline(
  "held",
  `stages:
  ask: { uses: approve, with: { message: Continue? } }
  after: { uses: dataset, needs: ask, with: { source: { text: one } } }
`,
);
const statusOf = async (run: string) =>
  (await shell.json<{ status: string; priority?: number; pausedSinceMs?: number }>("status", run))[0]!;

/** Waits until a run has a status. */
async function reaches(run: string, status: string): Promise<void> {
  while ((await statusOf(run)).status !== status) await pause(20);
}

test("a run with a priority is paused while it waits, listed, canceled, and resumed with its priority", async () => {
  const run = await shell.detached("held", "--priority", "2");
  await reaches(run, "waiting");
  expect(await shell.pawl("pause", run)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^paused held-\w+: .*\n {2}next: pawl unpause held-/),
  });
  expect((await shell.pawl("approve", run, "--yes")).code).toBe(0);
  await reaches(run, "paused");
  expect(await statusOf(run)).toMatchObject({ priority: 2, pausedSinceMs: expect.any(Number) });
  expect((await shell.pawl("status", run)).out).toMatch(
    /paused.*priority 2\n[^]*the run is paused since .*pawl unpause held-/,
  );
  expect((await shell.json<{ run: string }[]>("list", "--status", "paused"))[0]!.map((one) => one.run)).toEqual([run]);

  expect((await shell.pawl("cancel", run)).code).toBe(0);
  await reaches(run, "cancelled");
  for (const verb of ["pause", "unpause"])
    expect(await shell.pawl(verb, run)).toMatchObject({
      code: 1,
      note: expect.stringMatching(/has already ended: cancelled\n.*NOT_ALLOWED · next: pawl resume held-/),
    });
  expect((await shell.pawl("resume", run)).out).toContain("succeeded in");
  expect(await statusOf(run)).toMatchObject({ status: "succeeded", priority: 2 });
});

test("an unpaused run continues", async () => {
  const run = await shell.detached("held");
  await reaches(run, "waiting");
  await shell.json("pause", run);
  await shell.pawl("approve", run, "--yes");
  await reaches(run, "paused");
  expect(await shell.json("unpause", run)).toEqual([{ run, status: "running" }]);
  expect((await shell.pawl("watch", run)).code).toBe(0);
  expect(await statusOf(run)).not.toHaveProperty("priority");
});

test("a priority that no server has is refused", async () => {
  expect(await shell.pawl("run", "held", "--priority", "6")).toMatchObject({
    code: 2,
    note: expect.stringContaining("It must be a whole number from 1 to 5."),
  });
});
