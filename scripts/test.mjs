// `npm test`: set-up, then everything that is checked: types, lint, format, arrows, unused code,
// all tests. `npm test -- unit` runs one tier; further arguments (paths, options) go to jest. The
// tiers unit and integration need only npm's packages. The tier nightly is what a change need not
// wait for: `npm run test:nightly`.
import { providePackages } from "./setup/packages.mjs";
import { root, step } from "./steps.mjs";
import { tiers } from "./tiers.mjs";

const node = process.execPath;
const [first, ...rest] = process.argv.slice(2);
const everything = first === undefined || first.startsWith("-");
const projects = tiers[everything ? "everyday" : first];
// Jest takes every word after --selectProjects for a project: paths come before it.
const own = everything ? process.argv.slice(2) : rest;
const args = projects ? [...own, "--selectProjects", ...projects] : process.argv.slice(2);
if (needsPackagesOnly()) providePackages(root);
else step("set-up", node, ["scripts/setup.mjs"]);
if (everything) step("checks", node, ["scripts/check.mjs"]);
// Modules that are evaluated again for each file are garbage soon: few collections cost less.
step("tests", node, ["--max-semi-space-size=64", "node_modules/jest/bin/jest.js", ...args], { cwd: root });

/**
 * Whether everything that runs belongs to tiers that need npm's packages only: the tier is named,
 * or every path lies in one.
 */
function needsPackagesOnly() {
  const light = /^(\.\/)?(tests\/)?(unit|integration)(\/|$)/;
  const paths = process.argv.slice(2).filter((argument) => argument.startsWith("tests/"));
  return light.test(first ?? "") && paths.every((path) => light.test(path));
}
