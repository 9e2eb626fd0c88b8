const { default: TestRunner } = require("jest-runner");

/**
 * Jest's runner, always in worker processes, never in jest's own. Jest makes one set of workers for each runner with its
 * options, so that a tier that names itself in them shares no process with another tier.
 */
module.exports = class extends TestRunner {
  runTests(tests, watcher, options) {
    return super.runTests(tests, watcher, { ...options, serial: false });
  }
};
