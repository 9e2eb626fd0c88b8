import fs from "node:fs";
import { readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { openCheckpoints, type Checkpoints } from "../../../store/checkpoints.js";
import { identify, processName, type ProcessIdentity } from "../../../platform/processes/process-identity.js";
import { layout } from "../../../store/home.js";
import { temporaryDirectory } from "../../../store/temporary.js";
import { useDirectory } from "../../support/directory.js";

// A slow disk under load is no failure.
const home = useDirectory();
afterEach(() => jest.restoreAllMocks());

function open(keep = 2): { checkpoints: Checkpoints; corrupt: { step: number; reason: string }[] } {
  const corrupt: { step: number; reason: string }[] = [];
  return { checkpoints: openCheckpoints(home(), "key", { keep, onCorrupt: (found) => corrupt.push(found) }), corrupt };
}
const weights = (text: string) => (directory: string) => writeFileSync(path.join(directory, "weights.bin"), text);
const fileOf = (step: number, name = "weights.bin"): string =>
  path.join(layout.checkpoints(home(), "key"), String(step), name);
const steps = (): string[] => readdirSync(layout.checkpoints(home(), "key")).sort();

test("there is none before the first, then always the newest", async () => {
  const { checkpoints } = open();
  expect(await checkpoints.latest()).toBeUndefined();
  for (const step of [0, 9, 10]) await checkpoints.save(step, weights(`at ${step}`));
  const latest = await checkpoints.latest();
  expect(latest?.step).toBe(10);
  expect(readFileSync(path.join(latest!.directory, "weights.bin"), "utf8")).toBe("at 10");
});

test("keeps as many as asked for, whatever the order of saving", async () => {
  const unique = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(unique, fc.integer({ min: 1, max: 4 }), async (saved, keep) => {
      const { checkpoints } = open(keep);
      await checkpoints.clear();
      saved.sort((a, b) => a - b);
      for (const step of saved) await checkpoints.save(step, weights(String(step)));
      expect(
        steps()
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(saved.slice(-keep));
      expect((await checkpoints.latest())?.step).toBe(saved.at(-1));
    }),
    { numRuns: 10 },
  );
});

test.each([
  ["a truncated file", () => truncateSync(fileOf(2), 3), /weights\.bin has 3 bytes instead of 4/],
  ["a changed byte", () => writeFileSync(fileOf(2), "at 3"), /weights\.bin has changed/],
  ["a missing file", () => fs.rmSync(fileOf(2)), /weights\.bin is missing/],
  ["a truncated manifest", () => truncateSync(fileOf(2, "manifest.json"), 10), /manifest\.json is damaged/],
  ["a missing manifest", () => fs.rmSync(fileOf(2, "manifest.json")), /manifest\.json is missing/],
  [
    "another step's checkpoint",
    () => {
      fs.rmSync(path.dirname(fileOf(2)), { recursive: true });
      fs.cpSync(path.dirname(fileOf(1)), path.dirname(fileOf(2)), { recursive: true });
    },
    /the manifest belongs to another step/,
  ],
])("%s: falls back to the one before and says so", async (_, damage, reason) => {
  const { checkpoints, corrupt } = open();
  await checkpoints.save(1, weights("at 1"));
  await checkpoints.save(2, weights("at 2"));
  damage();
  expect((await checkpoints.latest())?.step).toBe(1);
  expect(corrupt).toEqual([{ step: 2, reason: expect.stringMatching(reason) }]);
  expect((await checkpoints.latest())?.step).toBe(1);
  expect(corrupt).toHaveLength(1);
});

test("a damaged one never pushes a whole one out, and clear removes it", async () => {
  const { checkpoints } = open(2);
  await checkpoints.save(1, weights("at 1"));
  await checkpoints.save(2, weights("at 2"));
  truncateSync(fileOf(2), 0);
  await checkpoints.latest();
  await checkpoints.save(3, weights("at 3"));
  expect(steps()).toEqual(["1", "3", expect.stringMatching(/^corrupt-2-/)]);
  await checkpoints.clear();
  expect(steps()).toEqual([]);
  await checkpoints.clear();
});

test("a damaged one is replaced when its step is saved again; a whole one is kept", async () => {
  const { checkpoints } = open();
  await checkpoints.save(5, weights("good"));
  truncateSync(fileOf(5), 1);
  await checkpoints.save(5, weights("good"));
  expect(readFileSync(fileOf(5), "utf8")).toBe("good");
  const before = fs.statSync(fileOf(5)).ino;
  await checkpoints.save(5, weights("good"));
  expect(fs.statSync(fileOf(5)).ino).toBe(before);
});

test.each(["writing a file", "syncing it", "renaming the whole"])(
  "a disk that fills up while %s leaves the old checkpoint intact and nothing half-made",
  async (when) => {
    const { checkpoints } = open(1);
    await checkpoints.save(1, weights("at 1"));
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const refuse = (): never => {
      throw full;
    };
    if (when === "renaming the whole") jest.spyOn(fs, "renameSync").mockImplementationOnce(refuse);
    if (when === "syncing it") jest.spyOn(fs, "fsync").mockImplementationOnce((_, done) => done(full));
    const write = when === "writing a file" ? () => writeFileSync("/dev/full", "at 2") : weights("at 2");
    await expect(checkpoints.save(2, write)).rejects.toMatchObject({ code: "DISK_FULL" });

    expect((await checkpoints.latest())?.step).toBe(1);
    expect(steps()).toEqual(["1"]);
    expect(readdirSync(layout.temporary(home()))).toEqual([]);
    await checkpoints.save(2, weights("at 2"));
    expect((await checkpoints.latest())?.step).toBe(2);
  },
);

test("a store that cannot be written is reported as such", async () => {
  writeFileSync(path.join(home(), "file"), "");
  const checkpoints = openCheckpoints(path.join(home(), "file"), "key", { keep: 1, onCorrupt: () => undefined });
  await expect(checkpoints.save(1, weights("x"))).rejects.toMatchObject({
    code: "STORE_UNREADABLE",
    facts: { next: expect.stringContaining("PAWL_HOME") },
  });
});

test("leftovers of dead processes go; those of living ones stay", async () => {
  const mine = path.basename(await temporaryDirectory(home(), "checkpoint"));
  const [, token] = mine.split(".");
  const named = (found: ProcessIdentity, left = token): string => `${processName(found)}.${left}.0.x`;
  const me = identify(process.pid);
  // No process has an id above the kernel's limit of 2^22.
  const names = {
    dead: named({ ...me, pid: 4194305 }),
    earlier: named({ ...me, started: "1" }),
    before: named(me, "00000000"),
    alive: named(identify(process.ppid)),
    elsewhere: named({ ...me, pid: 4194305, machine: "0".repeat(12) }),
    ofAnOlderVersion: `host.4194305.${token}.x`,
  };
  for (const name of Object.values(names)) fs.mkdirSync(path.join(layout.temporary(home()), name));
  await open().checkpoints.save(1, weights("at 1"));
  expect(readdirSync(layout.temporary(home())).sort()).toEqual(
    [mine, names.alive, names.elsewhere, names.ofAnOlderVersion].sort(),
  );
});

test("whoever finishes a stage, and removes its checkpoints, does not disturb others that still save", async () => {
  const working = async (): Promise<void> => {
    const { checkpoints } = open(1);
    for (let step = 1; step <= 60; step++) {
      await checkpoints.save(step, weights(`at ${step}`));
      if (step % 3 === 0) await checkpoints.clear();
    }
  };
  await Promise.all([working(), working(), working()]);
});
