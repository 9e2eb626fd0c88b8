const { EmittingTestRunner, default: TestRunner } = require("jest-runner");

/**
 * Pools of worker processes, side by side: one for each tier that has switches of the native library, which a process reads
 * once, and one for all other tiers. Durable tests mostly wait, and leave the processors to those that compute.
 */
module.exports = class extends EmittingTestRunner {
  constructor(globalConfig, context) {
    super(globalConfig, context);
    const half = { ...globalConfig, maxWorkers: Math.ceil(globalConfig.maxWorkers / 2) };
    this.pools = [
      { tiers: ["tensor"], runner: new TestRunner(half, context) },
      { tiers: ["tensor-no-xla"], runner: new TestRunner(half, context) },
      { tiers: ["unit", "integration", "durable"], runner: new TestRunner(globalConfig, context) },
    ];
  }

  async runTests(tests, watcher, { serial }) {
    const runs = this.pools.map(({ tiers, runner }) => {
      const own = tests.filter(({ context }) => tiers.includes(context.config.displayName.name));
      // Jest's own process is for tests without switches only, and only where it has nothing else to do.
      const inOwnProcess = serial && own.length === tests.length && tiers.includes("unit");
      return own.length === 0 ? undefined : runner.runTests(own, watcher, { serial: inOwnProcess });
    });
    await Promise.all(runs);
  }

  on(event, listener) {
    const stops = this.pools.map(({ runner }) => runner.on(event, listener));
    return () => stops.forEach((stop) => stop());
  }
};
