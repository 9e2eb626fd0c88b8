// `npm test`: set-up, then everything that is checked: types, lint, arrows, unused code, generated files, all tests.
// `npm test -- unit` runs one tier; further arguments (paths, options) go to jest.
import { root, step } from "./steps.mjs";

const node = process.execPath;
const tiers = { unit: ["unit"], tensor: ["tensor", "tensor-no-xla"], durable: ["durable"] };
const [first, ...rest] = process.argv.slice(2);
const projects = tiers[first];
const everything = first === undefined || first.startsWith("-");
// Jest takes every word after --selectProjects for a project: paths come before it.
const args = projects ? [...rest, "--selectProjects", ...projects] : process.argv.slice(2);
step("set-up", node, ["scripts/setup.mjs"]);
if (everything) step("checks", node, ["scripts/check.mjs"]);
step("tests", node, ["node_modules/jest/bin/jest.js", ...args], { cwd: root });
