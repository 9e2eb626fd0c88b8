const { EmittingTestRunner, default: TestRunner } = require("jest-runner");

/**
 * Pools of worker processes, side by side: one for each tier that has switches of the native
 * library, which a process reads once; one for durable and browser tests, which mostly wait, so
 * that it has more workers than processors; and one for all others.
 */
module.exports = class extends EmittingTestRunner {
  constructor(globalConfig, context) {
    super(globalConfig, context);
    const pool = (tiers, share, hasSwitches = false) => {
      const maxWorkers = Math.ceil(globalConfig.maxWorkers * share);
      return { tiers, hasSwitches, runner: new TestRunner({ ...globalConfig, maxWorkers }, context) };
    };
    this.pools = [
      pool(["tensor", "nightly-tensor"], 0.5, true),
      pool(["tensor-no-xla", "nightly-tensor-no-xla"], 0.5, true),
      pool(["unit", "integration"], 1),
      pool(["durable", "browser", "nightly"], 1.5),
    ];
  }

  async runTests(tests, watcher, { serial }) {
    const runs = this.pools.map(({ tiers, hasSwitches, runner }) => {
      const own = tests.filter(({ context }) => tiers.includes(context.config.displayName.name));
      // Jest's own process is for tests without switches only, and only where it has nothing else
      // to do.
      const inOwnProcess = serial && own.length === tests.length && !hasSwitches;
      return own.length === 0 ? undefined : runner.runTests(own, watcher, { serial: inOwnProcess });
    });
    await Promise.all(runs);
  }

  on(event, listener) {
    const stops = this.pools.map(({ runner }) => runner.on(event, listener));
    return () => stops.forEach((stop) => stop());
  }
};
