// `npm test`: set-up, then everything that is checked: types, lint, arrows, unused code, generated files, all tests.
// `npm test -- unit` runs one tier; further arguments go to jest.
import { root, step } from "./steps.mjs";

const node = process.execPath;
const [tier, ...rest] = process.argv.slice(2);
const tiers = ["unit", "tensor", "durable"];
step("set-up", node, ["scripts/setup.mjs"]);
if (!tier)
  for (const check of ["types", "lint", "arrows", "unused"]) step(check, "npm", ["run", "--silent", `check:${check}`]);
const only = tiers.includes(tier) ? ["--selectProjects", tier, ...rest] : process.argv.slice(2);
step("tests", node, ["node_modules/jest/bin/jest.js", ...only], { cwd: root });
