import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../../platform/program/locations.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();

/** What the script makes of a pipeline in a project. */
function migrated(text: string): string {
  const file = path.join(directory(), "pipelines", "old.yaml");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  const script = path.join(packageRoot(), "scripts", "migrate.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, file], { cwd: directory(), encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return readFileSync(file, "utf8");
}

const text = `  text: { uses: dataset, with: { source: { text: a }, heldOut: 0.5 } }
  rules: { uses: dataset, with: { source: { text: a } } }
`;

test("stages are named as a whole, single items need no list, and comments stay where they are", () => {
  expect(
    migrated(`name: old
stages:
${text}  tokens:
    uses: tokenize
    with: # of both
      train: ["\${{ stages.text.outputs.train }}"] # one
      heldOut: ["\${{ stages.text.outputs.heldOut }}"]
      vocabularyFrom: [ "\${{ stages.text.outputs.train }}", "\${{ stages.rules.outputs.train }}" ]
  base:
    uses: pretrain
    with: { tokens: "\${{ stages.tokens.outputs.tokens }}", heldOut: "\${{ stages.tokens.outputs.heldOut }}" }
`),
  ).toBe(`name: old
stages:
${text}  tokens:
    uses: tokenize
    with: # of both
      train: \${{ stages.text }} # one
      vocabularyFrom: [ "\${{ stages.text }}", "\${{ stages.rules }}" ]
  base:
    uses: pretrain
    with: { tokens: "\${{ stages.tokens }}" }
`);
});

test("a change that would change the plan is not made: rows that are not measured stay unmeasured", () => {
  const unmeasured = `name: old
stages:
${text}  tokens:
    uses: tokenize
    with:
      train:
        - \${{ stages.text.outputs.train }}
        - \${{ stages.text.outputs.heldOut }}
`;
  expect(migrated(unmeasured)).toBe(unmeasured);
});

test("child pipelines are named by their files, with their inputs in `with`", () => {
  expect(
    migrated(`name: old
stages:
${text}  trial:
    uses: pipeline # the trial
    with:
      pipeline: trial
      inputs:
        # An artifact.
        tokens: \${{ stages.text.outputs.train }}
        heldOut: \${{ stages.text.outputs.heldOut }}
    timeout: 1h
  other: { uses: pipeline, with: { pipeline: ./pipelines/tiny.yaml }, needs: trial }
`),
  ).toBe(`name: old
stages:
${text}  trial:
    uses: ./pipelines/trial.yaml # the trial
    with:
      # An artifact.
      tokens: \${{ stages.text.outputs.train }}
      heldOut: \${{ stages.text.outputs.heldOut }}
    timeout: 1h
  other: { uses: ./pipelines/tiny.yaml, needs: trial }
`);
});
