/**
 * `npm run bench -- fuzz [COUNT] [SEED]`: compiles mutated copies of the shipped pipelines
 * (bench/support/mutations.ts). Each must result in a plan or located errors, within two seconds of
 * processor time. One that does not answer is ended and counted.
 */
import { report } from "./harness.js";
import { fuzzRows } from "./support/fuzz.js";

const [count = 20_000, seed = 1] = process.argv.slice(2).map(Number);
report("fuzz", await fuzzRows(count, seed));
