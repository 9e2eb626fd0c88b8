// Generates the validators and the stage table (ignored by git) from the schemas, and what is
// committed: the editor's JSON Schema, the tables of the reference, and the page of the package's
// declarations. `--if-old` writes only the ignored files, and only where they are older than their
// sources: what the build, the checks and the tests begin with.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { digestOfSources, isGenerated, keepStamp, root, write } from "./setup/generated.mjs";

const onlyOld = process.argv.includes("--if-old");
const sources = digestOfSources();
if (!(onlyOld && isGenerated(sources))) {
  const require = createRequire(import.meta.url);
  require("./typescript.cjs");
  const { generatedDocuments, generatedModules } = require("../compiler/generate/index.ts");
  const read = (name) => readFileSync(join(root, name), "utf8");
  const files = { ...generatedModules(), ...(onlyOld ? {} : generatedDocuments(read)) };
  const keep = (path, content) => {
    write(path, content);
    if (!onlyOld) console.log(`${path}  ${content.length.toLocaleString("en")} characters`);
  };
  for (const [path, content] of Object.entries(files)) keep(path, content);
  keepStamp(sources);
  if (!onlyOld) {
    const { apiDocument, page } = await import("./lint/api-report.mjs");
    const { createProgram } = await import("./lint/program.mjs");
    keep(page, apiDocument(createProgram()));
  }
}
