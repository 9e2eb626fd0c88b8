import { readFileSync } from "node:fs";
import path from "node:path";
import { identityWith } from "../../../worker/keys/identity.js";
import { helperFiles } from "../../../worker/keys/libraries.js";
import { fillSettings } from "../../support/datasets.js";

const libraries = (uses: "module" | "collect-preferences" | "dataset", settings: object) =>
  identityWith({ uses, with: fillSettings(uses, settings as never), seed: 1 }, null).libraries;

test("the key of a stage of the project's own holds Node.js's version and Pawl's helpers", () => {
  expect(libraries("module", { file: "stages/mine.ts" })).toEqual({
    node: process.versions.node,
    pawl: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
});

test("that of a stage with a module of the project's own holds Node.js's version; others do not", () => {
  const judged = {
    model: { artifact: "model", digest: "0".repeat(64) },
    prompts: [{ artifact: "dataset", digest: "1".repeat(64) }],
  };
  const byModule = { ...judged, judge: { kind: "module", path: "modules/judge.mjs" } };
  expect(libraries("collect-preferences", byModule)).toHaveProperty("node", process.versions.node);
  for (const others of [
    libraries("dataset", { source: { text: "one" } }),
    libraries("collect-preferences", { ...judged, judge: { kind: "length" } }),
  ])
    expect(others ?? {}).not.toHaveProperty("node");
});

test("the helpers are files of formats that stages' processes load, with what these load", () => {
  const root = path.join(import.meta.dirname, "../../..");
  const loaded = helperFiles.flatMap((file) =>
    [
      ...readFileSync(path.join(root, `${file}.ts`), "utf8").matchAll(/^import (?!type )[^;]* from "(\.[^"]+)\.js"/gm),
    ].map(([, target]) => path.join(path.dirname(file), target!)),
  );
  const ofData = loaded.filter((file) => /^(formats|activities)\//.test(file));
  expect(ofData.filter((file) => !helperFiles.includes(file))).toEqual([]);
});
