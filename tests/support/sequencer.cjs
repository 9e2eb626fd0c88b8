const { createHash } = require("node:crypto");
const { existsSync } = require("node:fs");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * The longest files first, as jest does, which knows their size if not their time: a file that
 * gathers tests of a directory (`runs.test.ts`, `runs/`) is long, however small. With
 * PAWL_TEST_SHUFFLE=SEED in an order drawn by the seed.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const seed = process.env.PAWL_TEST_SHUFFLE;
    const gathers = ({ path }) => Number(existsSync(path.replace(/\.test\.ts$/, "")));
    if (!seed) return [...super.sort(tests)].sort((a, b) => gathers(b) - gathers(a));
    const place = ({ path }) => createHash("sha256").update(`${seed}\n${path}`).digest("hex");
    return [...tests].sort((a, b) => place(a).localeCompare(place(b)));
  }
};
