/**
 * `npm run bench -- verify [KILLS]`: `pawl verify resume` on tiny and on tiny-rl, 20 kills each by
 * default. A row's metric is the share of outputs whose digest is equal in every killed run.
 */
import { report } from "./harness.js";
import { proveAtRandom } from "./support/prove.js";

const kills = Number(process.argv[2] ?? 20);
report("verify", [...(await proveAtRandom("tiny", kills)), ...(await proveAtRandom("tiny-rl", kills))]);
