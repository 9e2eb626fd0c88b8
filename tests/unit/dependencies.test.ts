import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";

const { dependencies, ...facts } = JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
} & Record<string, unknown>;

// `npm run check:arrows` reports what the sources import and `dependencies` lacks.
test("npm does not install TensorFlow for Node with the package: its own script fails on many machines; set-up brings it", () => {
  expect(Object.keys(dependencies)).not.toContain("@tensorflow/tfjs-node");
  for (const kind of ["optionalDependencies", "peerDependencies"]) expect(facts).not.toHaveProperty(kind);
});
