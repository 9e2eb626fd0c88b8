import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportModel } from "../../../activities/export.js";
import type { StageContext } from "../../../activities/stage.js";
import { useDirectory } from "../../support/directory.js";

const project = useDirectory();
const model = { artifact: "model" as const, digest: "0".repeat(64) };

function exportTo(to: string) {
  const from = path.join(project(), "artifact");
  mkdirSync(from);
  writeFileSync(path.join(from, "config.json"), "{}");
  const context = { workingDirectory: project(), openArtifact: async () => from } as unknown as StageContext;
  return exportModel({ model, to }, context);
}

test.each(["stages", "modules", "pipelines", "node_modules", ".git"])(
  "no link leads an export into %s",
  async (name) => {
    mkdirSync(path.join(project(), name));
    symlinkSync(name, path.join(project(), "exports"));
    await expect(exportTo("exports/mine")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      facts: { where: "with.to", got: "exports/mine, a link" },
    });
    expect(readdirSync(path.join(project(), name))).toEqual([]);
  },
);
