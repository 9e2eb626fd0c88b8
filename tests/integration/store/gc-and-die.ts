import { CountedCalls } from "../../support/counted-calls.js";

/**
 * Removes everything that nothing reaches and kills itself with SIGKILL just before its n-th call
 * to the file system. Arguments: home directory, n (0: never). Prints how many calls that takes.
 */
const [home = "", nth = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  const counted = await CountedCalls.install(Number(nth));
  const { collectGarbage } = await import("../../../store/collection/gc.js");
  counted.begin();
  await collectGarbage(home, { beforeMs: Date.now() + 1000, dryRun: false });
  process.stdout.write(String(counted.calls));
}

void main();
