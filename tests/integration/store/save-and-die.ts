import { writeFileSync } from "node:fs";
import path from "node:path";
import { CountedCalls } from "../../support/counted-calls.js";

/**
 * Saves a checkpoint and kills itself with SIGKILL just before its n-th call to the file system.
 * Arguments: home directory, n (0: never). Prints how many calls a whole save makes.
 */
const [home = "", nth = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  const counted = await CountedCalls.install(Number(nth));
  const { openCheckpoints } = await import("../../../store/checkpoints.js");
  const { removeLeftovers } = await import("../../../store/temporary.js");
  const checkpoints = openCheckpoints(home, "k", { keep: 1, onCorrupt: () => process.exit(3) });
  counted.begin();
  await checkpoints.save(2, (directory) => {
    for (const name of ["weights", "moments"]) writeFileSync(path.join(directory, name), `${name} of step 2`);
  });
  await removeLeftovers(home);
  process.stdout.write(String(counted.calls));
}

void main();
