import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { piecesDigest } from "../../platform/digests.js";
import { packageRoot } from "../../platform/locations.js";

/** What says which packages and binaries the program runs with. */
const pins = ["package-lock.json", path.join("node_modules", ".pawl.json")];
/** Made from the rest when a worker starts. */
const derived = "workflow-bundle.js";

/** SHA-256 over the compiled program and what it runs with: equal digests, the same program. */
export function buildDigest(root = packageRoot()): string {
  const program = readdirSync(path.join(root, "dist"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js") && name !== derived && !name.startsWith("bench"))
    .map((name) => path.join("dist", name));
  const names = [...program.sort(), ...pins.filter((name) => existsSync(path.join(root, name)))];
  return piecesDigest(
    names.flatMap((name) => {
      const content = readFileSync(path.join(root, name));
      return [`${name} ${content.length}\n`, content];
    }),
  );
}
