import { promises as fs, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Saves a checkpoint and kills itself with SIGKILL just before its n-th call to the file system.
 * Arguments: home folder, n (0: never). Prints how many calls a whole save makes.
 */
const [home = "", nth = "0"] = process.argv.slice(2);
let calls = 0;
const count = (): void => {
  if (++calls === Number(nth)) process.kill(process.pid, "SIGKILL");
};

function counted(owner: Record<string, unknown>, name: string): void {
  const original = owner[name] as (...args: unknown[]) => unknown;
  owner[name] = function (this: unknown, ...args: unknown[]) {
    count();
    return original.apply(this, args);
  };
}

for (const name of ["mkdir", "open", "readdir", "rename", "rm", "lstat", "stat", "chmod", "readFile"])
  counted(fs, name);

async function main(): Promise<void> {
  const handle = await fs.open(process.execPath, "r");
  const prototype = Object.getPrototypeOf(handle) as Record<string, unknown>;
  await handle.close();
  for (const name of ["read", "writeFile", "sync", "close"]) counted(prototype, name);
  const { openCheckpoints } = await import("../../../store/checkpoints.js");
  const { removeLeftovers } = await import("../../../store/temporary.js");
  const checkpoints = openCheckpoints(home, "k", { keep: 1, onCorrupt: () => process.exit(3) });
  calls = 0;
  await checkpoints.save(2, (folder) => {
    for (const name of ["weights", "moments"]) writeFileSync(path.join(folder, name), `${name} of step 2`);
  });
  await removeLeftovers(home);
  process.stdout.write(String(calls));
}

void main();
