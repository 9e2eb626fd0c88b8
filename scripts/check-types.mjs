// `npm run check:types`: the types of the code with its tests and benches, and of the studio's
// page. TypeScript 7 checks them several times as fast as 5.9, which ESLint and the report of the
// package's interface still need (decision 0063).
import { spawnSync } from "node:child_process";
import path from "node:path";
import { root } from "./setup/generated.mjs";

const compiler = path.join(root, "node_modules", "typescript-native", "bin", "tsc");
const projects = ["tsconfig.test.json", "studio/page/tsconfig.json"];
const codes = projects.map(
  (project) => spawnSync(process.execPath, [compiler, "-p", project], { cwd: root, stdio: "inherit" }).status,
);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
