/**
 * `npm run test:soak`: what takes too long for every change. 100 kills at random moments and kills
 * at every phase of every write, without and with stress, of tiny and tiny-rl; 20,000 mutated
 * definitions; two minutes of odd starts, signals, updates, answers, archives and records; the
 * store's records damaged and its disk filled. It takes an hour; if interrupted, it resumes with
 * the part that it was in (`--again`: from the beginning). Its last result is in bench/results/.
 */
import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { buildDigest } from "../platform/program/build.js";
import { cacheDirectory } from "../platform/program/locations.js";
import { report, type Row } from "./harness.js";
import { abuseRows } from "./support/abuse.js";
import { fuzzRows } from "./support/fuzz.js";
import { doParts } from "./support/parts.js";
import { proveAtEveryCheckpoint, proveAtRandom } from "./support/prove.js";
import { storeRows } from "./support/store-tests.js";

/**
 * Steps between two checkpoints: of 200 steps of pretraining, and of as many small steps of
 * reinforcement learning.
 */
const everySteps = 25;

const parts: Record<string, () => Promise<Row[]>> = {
  "mutated definitions": () => fuzzRows(20_000, 1),
  "odd messages, archives and records": () => abuseRows(120, randomInt(2 ** 31)),
  "attacks on the store": async () => storeRows(),
};
const pipelines = ["tiny", "tiny-rl"];
for (const pipeline of pipelines) {
  parts[`${pipeline}, every checkpoint`] = () => proveAtEveryCheckpoint(pipeline, everySteps, false);
  parts[`${pipeline}, every checkpoint, under stress`] = () => proveAtEveryCheckpoint(pipeline, everySteps, true);
}
for (const pipeline of pipelines) parts[`${pipeline}, 100 random kills`] = () => proveAtRandom(pipeline, 100);
const file = path.join(cacheDirectory(), "soak", `${buildDigest().slice(0, 16)}.json`);
if (process.argv.includes("--again")) rmSync(file, { force: true });
report("soak", await doParts(file, parts));
