import { writeFileSync } from "node:fs";
import path from "node:path";
import { CountedCalls } from "../../support/counted-calls.js";

/**
 * Replaces a directory and kills itself with SIGKILL just before its n-th call to the file system.
 * Arguments: home directory, target, n (0: never), what the new directory says. Prints how many
 * calls that makes.
 */
const [home = "", target = "", nth = "0", text = "new"] = process.argv.slice(2);

async function main(): Promise<void> {
  const counted = await CountedCalls.install(Number(nth));
  const { replaceDirectory } = await import("../../../store/artifacts/owned-directory.js");
  counted.begin();
  const write = async (directory: string): Promise<void> => {
    for (const name of ["config.json", "weights"]) writeFileSync(path.join(directory, name), `${name}: ${text}`);
  };
  await replaceDirectory(home, { target, keep: [], write, confirm: async () => {} });
  process.stdout.write(String(counted.calls));
}

void main();
