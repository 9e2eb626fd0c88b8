import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { moduleFile } from "../../../activities/scoring/code-roots.js";
import { moduleImports } from "../../../activities/scoring/module-imports.js";
import { withoutTypes } from "../../../platform/program/typescript.js";

let project: string;
beforeEach(() => {
  project = realpathSync(mkdtempSync(path.join(os.tmpdir(), "pawl-imports-")));
  mkdirSync(path.join(project, "stages"));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(path.join(project, "stages", name), text);

async function importsOf(file: string) {
  const { files, packages } = await moduleImports(await moduleFile(file, "uses", project), { where: "uses", project });
  return { files: files.map((one) => path.basename(one)), packages };
}

test("imports of TypeScript are found, types and Pawl itself left out; .js may stand for .ts", async () => {
  write("types.ts", "export interface Row { text: string }");
  write("helper.ts", 'export const other: number = 1; import "./plain.mjs";');
  write("plain.mjs", "export {};");
  write("unrelated.ts", "export {};");
  write(
    "own.ts",
    `import { defineStage } from "pawl";
     import type { Row } from "./types.js";
     import { other } from "./helper.js";
     import fs from "node:fs";
     export default defineStage(other as unknown as Row, fs);`,
  );
  expect(await importsOf("./stages/own.ts")).toEqual({ files: ["helper.ts", "own.ts", "plain.mjs"], packages: [] });
});

test("a file whose syntax only a compiler understands counts with its whole directory", async () => {
  write("own.ts", "enum Color { Red }\nexport default Color;");
  write("other.ts", "export {};");
  expect((await importsOf("./stages/own.ts")).files).toEqual(["other.ts", "own.ts"]);
});

test("types become spaces: places stay, and what cannot be erased is named with its place", async () => {
  const source = "export const twice = (n: number): number => n * 2;";
  expect(await withoutTypes(source, "own.ts")).toBe("export const twice = (n        )         => n * 2;");
  await expect(withoutTypes("const a = 1;\n  enum Color { Red }", "own.ts")).rejects.toThrow(/^own\.ts:2:3: .*enum/);
});
