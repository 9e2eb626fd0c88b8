const { createHash } = require("node:crypto");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * The longest files first, as jest does; with PAWL_TEST_SHUFFLE=SEED in an order drawn by the seed.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const seed = process.env.PAWL_TEST_SHUFFLE;
    if (!seed) return super.sort(tests);
    const place = ({ path }) => createHash("sha256").update(`${seed}\n${path}`).digest("hex");
    return [...tests].sort((a, b) => place(a).localeCompare(place(b)));
  }
};
