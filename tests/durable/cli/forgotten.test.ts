import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageState } from "../../../schemas/run.js";
import { layout } from "../../../store/home.js";
import { readLog } from "../../../store/history/log-reader.js";
import { Shell } from "./shell.js";
const shell = new Shell();

shell.pipeline("quick", "stages:\n  data:\n    uses: dataset\n    with: { source: { text: one fish } }\n");
/** Its second stage fails, or waits for an action, until its file is there. */
const halfDone = (onFailure: string, file: string): string => `stages:
  first:
    uses: dataset
    with: { source: { text: first of ${file} } }
  second:
    uses: dataset
    needs: [first]
    with: { source: { file: ${file} } }
    onFailure: ${onFailure}
`;
shell.pipeline("fails", halfDone("fail", "fails.txt"));
shell.pipeline("parks", halfDone("park", "parks.txt"));

/** How often a run's stage began. */
async function beginnings(run: string, stage: string): Promise<number> {
  let count = 0;
  for await (const { message } of readLog(shell.home, run, { stage })) if (message === "started") count++;
  return count;
}

/**
 * Deletes the server's database: it no longer knows any run, as when their retention has passed.
 */
async function forget(): Promise<void> {
  await shell.pawl("up", "--stop");
  for (const end of ["", "-shm", "-wal"]) rmSync(path.join(shell.home, `temporal.db${end}`), { force: true });
}

test("a run that the server no longer knows is shown and resumed from the store", async () => {
  const succeeded = await shell.detached("quick");
  const failed = await shell.detached("fails");
  const parked = await shell.detached("parks");
  expect((await shell.pawl("watch", succeeded)).code).toBe(0);
  expect((await shell.pawl("watch", failed)).code).toBe(1);
  const watching = shell.start(["watch", parked]);
  await watching.printed(/second {2}parked/);
  watching.kill("SIGINT");
  await watching.ended;
  await forget();
  const fresh = await shell.detached("quick");
  expect((await shell.pawl("watch", fresh)).code).toBe(0);

  const forgotten = "the server does not know this run (anymore)";
  expect(await shell.pawl("status", succeeded)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/data {3}dataset {2}succeeded/),
    note: expect.stringContaining(forgotten),
  });
  expect(await shell.json("status", failed)).toMatchObject([
    { status: "failed", note: expect.stringMatching("^the server") },
  ]);
  expect((await shell.pawl("status", parked)).out).toContain(forgotten);
  expect((await shell.pawl("status", "unheard-of")).note).toContain("RUN_NOT_FOUND");
  for (const verb of ["watch", "cancel"])
    expect((await shell.pawl(verb, failed)).note).toMatch(`RUN_NOT_FOUND · next: pawl status ${failed}, pawl resume`);
  const [runs] = await shell.json<{ run: string; recorded?: boolean }[]>("list");
  const told = Object.fromEntries(runs!.map(({ run, recorded }) => [run, recorded]));
  expect(told).toEqual({ [fresh]: undefined, [parked]: true, [failed]: true, [succeeded]: true });
  expect((await shell.pawl("list")).note).toContain(`* ${forgotten}`);

  expect((await shell.pawl("resume", succeeded)).note).toMatch(/nothing left to do\n {2}RUN_NOT_RESUMABLE/);
  const [{ stages }] = (await shell.json<{ stages: StageState[] }>("status", succeeded)) as [{ stages: StageState[] }];
  const object = layout.object(shell.home, stages[0]!.outputs["train"]!.digest);
  rmSync(object, { recursive: true });
  expect((await shell.pawl("resume", succeeded)).code).toBe(0);
  expect(existsSync(object)).toBe(true);
  expect((await shell.pawl("resume", "unheard-of")).note).toContain("RUN_NOT_FOUND");
  for (const [run, file] of [
    [failed, "fails.txt"],
    [parked, "parks.txt"],
  ] as const) {
    writeFileSync(path.join(shell.directory, file), "now it is here\n");
    expect(await shell.pawl("resume", run)).toMatchObject({
      code: 0,
      out: expect.stringContaining("succeeded in"),
      note: expect.stringContaining(`does not know ${run} (anymore): it resumes from the store's record`),
    });
    expect(await shell.json("status", run)).toMatchObject([{ status: "succeeded" }]);
    expect(await beginnings(run, "first")).toBe(1);
  }
});
