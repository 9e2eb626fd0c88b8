/**
 * `npm run bench -- abuse [SECONDS] [SEED]`: sends a server's runs odd starts, signals and updates,
 * and gives the command line odd answers to queries, archives and records (bench/support/abuse.ts).
 * No code runs, no run is lost, no workflow task fails, and every error has a code. Without a seed:
 * another one each time; the report names it.
 */
import { randomInt } from "node:crypto";
import { report } from "./harness.js";
import { abuseRows } from "./support/abuse.js";

const [seconds = 120, seed = randomInt(2 ** 31)] = process.argv.slice(2).map(Number);
process.stderr.write(`seed ${seed}\n`);
report("abuse", await abuseRows(seconds, seed));
