import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { claimLock } from "../../../store/ownership/lock.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();

/** A lock that a process of another machine holds. */
function foreignLock(): { directory: string; renew: () => void } {
  const directory = path.join(home(), "locks");
  mkdirSync(directory);
  const file = path.join(directory, "7");
  writeFileSync(file, JSON.stringify({ pid: 7, started: "1", machine: "0".repeat(12), nonce: "theirs" }));
  let renewed = 0;
  return { directory, renew: () => utimesSync(file, (renewed += 1), renewed) };
}

/** Each look at a lock takes the next step; the last one is taken again and again. */
function atLooks(...steps: (() => void)[]): void {
  const real = fs.stat;
  let looks = 0;
  jest.spyOn(fs, "stat").mockImplementation((async (file: string) => {
    steps[Math.min(looks++, steps.length - 1)]!();
    return real(file);
  }) as never);
}

const nothing = (): void => undefined;
function fails(): never {
  throw Object.assign(new Error("stale file handle"), { code: "ESTALE" });
}

afterEach(() => void jest.restoreAllMocks());

test.each([
  ["at first", () => [fails]],
  ["later", () => [nothing, fails]],
  ["twice", () => [nothing, fails, nothing, fails]],
])("an error while a lock of another machine is watched does not end it: %s", async (_, steps) => {
  const { directory, renew } = foreignLock();
  atLooks(...steps(), nothing, renew);
  const claimed = await claimLock(directory, { renewMs: 60_000, expiresMs: 60_000 });
  expect(claimed?.heldBy).toMatchObject({ pid: 7 });
});

test("a lock that cannot be looked at is claimed by nobody", async () => {
  const { directory } = foreignLock();
  atLooks(nothing, fails);
  await expect(claimLock(directory, { renewMs: 1000, expiresMs: 100 })).rejects.toMatchObject({ code: "ESTALE" });
});

test("a lock that another machine no longer renews is taken over", async () => {
  const { directory } = foreignLock();
  const claimed = await claimLock(directory, { renewMs: 60_000, expiresMs: 100 });
  if (claimed === undefined || claimed.heldBy !== undefined) throw new Error("not claimed");
  await claimed.release();
});
