/**
 * `npm run test:soak`: what takes too long for every change. 100 kills at random moments and kills at every phase of every
 * write, without and with stress, of tiny and tiny-rl; 20,000 mutated definitions. Its last result stands in bench/results/.
 */
import { report, type Row } from "./harness.js";
import { fuzzRows } from "./support/fuzz.js";
import { proveAtEveryCheckpoint, proveAtRandom } from "./support/prove.js";

/** Steps between two checkpoints: of 200 of pre-training, and of as many of reinforcement's small ones. */
const everySteps = 25;

const rows: Row[] = await fuzzRows(20_000, 1);
for (const pipeline of ["tiny", "tiny-rl"]) {
  for (const stress of [false, true]) rows.push(...(await proveAtEveryCheckpoint(pipeline, everySteps, stress)));
  rows.push(...(await proveAtRandom(pipeline, 100)));
}
report("soak", rows);
