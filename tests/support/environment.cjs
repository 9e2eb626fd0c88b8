const { TestEnvironment } = require("jest-environment-node");

/** Node's environment whose typed arrays are those of the outer realm: native addons and tfjs compare constructors. */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of [
      "Float32Array",
      "Float64Array",
      "Int32Array",
      "Uint8Array",
      "Uint16Array",
      "Uint32Array",
      "BigInt64Array",
      "ArrayBuffer",
      "Error",
    ])
      this.global[name] = globalThis[name];
    // Jest gives tests a copy of the environment; native TensorFlow reads the process's own.
    if (config.projectConfig.globals.tensorSwitches) this.global.process.env = process.env;
  }
};
