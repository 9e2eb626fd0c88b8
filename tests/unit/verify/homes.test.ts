import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { identify, processName, thisMachine } from "../../../platform/processes/process-identity.js";
import { keepHome, newHome } from "../../../verify/homes.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

/** A home directory with a file, as a process leaves it that is killed. */
function left(owner: string): string {
  const home = path.join(directory(), `pawl-verify-${owner}-aB3xYz`);
  mkdirSync(path.join(home, "store"), { recursive: true });
  writeFileSync(path.join(home, "store", "object"), "x");
  return home;
}

test("a new home directory removes those of processes that have ended, and no others", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const ended = left(processName({ ...identify(pid), started: "1" }));
  const reported = left(processName({ ...identify(pid), started: "2" }));
  keepHome(reported);
  const living = left(processName(identify(process.ppid)));
  const foreign = left(processName({ pid, started: "1", machine: "0".repeat(12) }));
  const unnamed = path.join(directory(), "pawl-verify-aB3xYz");
  mkdirSync(unnamed);

  const own = newHome(directory());

  expect(thisMachine()).not.toBe("0".repeat(12));
  expect(existsSync(ended)).toBe(false);
  expect(readdirSync(directory()).sort()).toEqual(
    [own, reported, living, foreign, unnamed].map((home) => path.basename(home)).sort(),
  );
  expect(readdirSync(own)).toEqual([]);
});

test("a second home directory leaves the first of the same process alone", () => {
  const first = newHome(directory());
  expect(newHome(directory())).not.toBe(first);
  expect(existsSync(first)).toBe(true);
});
