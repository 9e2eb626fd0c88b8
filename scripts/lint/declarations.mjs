// `npm run check:declarations`: what needs TypeScript's program. The committed page of the
// package's interface is what the package declares, and only the homes of a stage type name it.
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/generated.mjs";
import { apiDocument, page } from "./api-report.mjs";
import { createProgram } from "./program.mjs";
import { namedStageTypes } from "./stage-types.mjs";

const program = createProgram();
const problems = namedStageTypes(program);
if (readFileSync(path.join(root, page), "utf8") !== apiDocument(program))
  problems.push(`${page} is not what the package declares: run \`npm run generate\`, and read the difference`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
