import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../../platform/program/locations.js";
import { resolveFile, fileRoot, shippedPipelines } from "../../../platform/program/shipped.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

test.each(["pipelines/tiny.yaml", "pipelines/data/glossary.jsonl", "./stages/rules/wholly-true.mjs"])(
  "%s is read from Pawl's package, unless the project has it",
  (file) => {
    expect(resolveFile(file, directory())).toBe(path.join(packageRoot(), file));
    const own = path.join(directory(), file);
    mkdirSync(path.dirname(own), { recursive: true });
    writeFileSync(own, "");
    expect(resolveFile(file, directory())).toBe(own);
  },
);

test.each([
  "package.json",
  "schemas/pipeline.schema.json",
  "pipelines/missing.yaml",
  "pipelines/../package.json",
  "pipelines/data/*.jsonl",
  "../pipelines/tiny.yaml",
])("%s belongs to the project, whether it exists or not", (file) => {
  expect(fileRoot(file, directory())).toBe(directory());
});

test("the shipped pipelines are those of this repository", () => {
  expect(shippedPipelines()).toContain(path.join("pipelines", "tiny.yaml"));
});
