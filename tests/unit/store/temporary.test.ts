import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { collectGarbage } from "../../../store/collection/gc.js";
import { layout } from "../../../store/home.js";
import { RenewalWatch } from "../../../store/ownership/renewals.js";
import { keepRenewing, leftovers, ownName, temporaryDirectory } from "../../../store/temporary.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
/** A process of another machine, of which nothing is known but what it renews. */
const elsewhere = `${"0".repeat(12)}-4194305-1`;

function makeEntry(token: string, modified: Date): string {
  const entry = path.join(layout.temporary(home()), `${elsewhere}.${token}.12345678.scratch`);
  mkdirSync(entry, { recursive: true });
  utimesSync(entry, modified, modified);
  return entry;
}

/** What `leftovers` finds to be abandoned, as time passes by a monotonic clock. */
function watching() {
  let now = 5 * day;
  const watch = new RenewalWatch(() => now);
  return async (passedMs = 0): Promise<string[]> => {
    now += passedMs;
    return (await leftovers(home(), watch)).abandoned;
  };
}

test.each([
  ["as old as an attempt of days", () => new Date(Date.now() - 30 * day)],
  ["of a clock that is a day ahead", () => new Date(Date.now() + day)],
])("scratch of another machine stays while its process renews it: %s", async (_, modified) => {
  const entry = makeEntry("r1234567", modified());
  const abandoned = watching();
  expect(await abandoned()).toEqual([]);
  for (let renewed = 1; renewed <= 3; renewed++) {
    utimesSync(entry, renewed, renewed);
    expect(await abandoned(30 * minute)).toEqual([]);
    expect(await abandoned(59 * minute)).toEqual([]);
  }
  expect(await abandoned(minute)).toEqual([entry]);
});

test("that of an earlier version, which renews nothing, stays for a day of watching", async () => {
  const entry = makeEntry("12345678", new Date(0));
  const abandoned = watching();
  expect(await abandoned()).toEqual([]);
  expect(await abandoned(23 * hour)).toEqual([]);
  expect(await abandoned(hour)).toEqual([entry]);
});

test("gc removes nothing of another machine at first sight, and says that it stays", async () => {
  const entry = makeEntry("r1234567", new Date(0));
  const { rows } = await collectGarbage(home(), { beforeMs: Date.now(), dryRun: false });
  expect(rows).toEqual([expect.objectContaining({ kind: "temporary", removed: false, why: "elsewhere", number: 1 })]);
  expect(existsSync(entry)).toBe(true);
});

describe("a process", () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] }));
  afterEach(() => void jest.useRealTimers());

  test("renews its own entries while it has any, but not what gc is about to remove", async () => {
    const scratch = await temporaryDirectory(home(), "scratch");
    const removal = await temporaryDirectory(home(), "removal");
    const journal = path.join(layout.exports(home()), ownName("export"));
    mkdirSync(layout.exports(home()));
    writeFileSync(journal, "");
    for (const entry of [scratch, removal, journal]) utimesSync(entry, 0, 0);
    jest.advanceTimersByTime(minute);
    expect([scratch, removal, journal].map((entry) => statSync(entry).mtimeMs > 0)).toEqual([true, false, true]);
  });

  test("has no timer once it has no entry", () => {
    keepRenewing(home());
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(minute);
    expect(jest.getTimerCount()).toBe(0);
  });
});
