import { writeFileSync } from "node:fs";
import path from "node:path";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { openCheckpoints } from "../../../store/checkpoints.js";

/**
 * Puts the same artifact and saves the same checkpoints again and again; prints the artifact's
 * reference.
 */
async function main(home: string): Promise<void> {
  const checkpoints = openCheckpoints(home, "k", { keep: 2, onCorrupt: () => process.exit(3) });
  for (let round = 0; round < 15; round++) {
    const write = (name: string) => (directory: string) =>
      writeFileSync(path.join(directory, "file"), name.repeat(10_000));
    const ref = await putArtifact(home, "model", write("same"));
    await checkpoints.save(round, write(String(round)));
    if ((await checkpoints.latest()) === undefined) process.exit(4);
    if (round === 14) process.stdout.write(JSON.stringify(ref));
  }
}

void main(process.argv[2] ?? "");
