const { AsyncLocalStorage } = require("node:async_hooks");
const { join } = require("node:path");
const vm = require("node:vm");
const { TestEnvironment } = require("jest-environment-node");

// A person's own settings are none of a test's: PAWL_HOME and others.
for (const name of Object.keys(process.env)) if (/^PAWL_(?!TEST_)/.test(name)) delete process.env[name];

const createContext = vm.createContext;

/**
 * Jest compiles every module anew for each test file. Here a process compiles a module once, with
 * the functions in it, and runs it in the context of each file. (`import()` never gets here: the
 * transform turns it into `require`.)
 */
const scripts = new Map();
const compileFunction = vm.compileFunction;
vm.compileFunction = (source, parameters, options) => {
  if (options?.parsingContext === undefined) return compileFunction(source, parameters, options);
  const { filename, parsingContext } = options;
  const known = scripts.get(filename);
  if (known?.source === source) return known.script.runInContext(parsingContext);
  const head = `(function (${parameters.join(", ")}) {`;
  const script = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
  scripts.set(filename, { source, script });
  return script.runInContext(parsingContext);
};

/** Stores of asynchronous contexts that the current file's modules have put to use. */
const stores = new Set();
const { run, enterWith } = AsyncLocalStorage.prototype;
Object.assign(AsyncLocalStorage.prototype, {
  run(...args) {
    stores.add(this);
    return run.apply(this, args);
  },
  enterWith(...args) {
    stores.add(this);
    return enterWith.apply(this, args);
  },
});

/**
 * Node's environment, with three departures. Its global object is an ordinary one: behind the proxy
 * that jest gives a context, every `Math.floor` of a loop is a call of the proxy. And its typed
 * arrays are those of the outer realm: native addons and tfjs compare constructors. And a file's
 * stores of asynchronous contexts end with it: each file loads its modules anew, and Node hands
 * every promise of the process the values of every store that was ever used.
 */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    // Node.js hands it to every process and thread that it starts (scripts/coverage.mjs).
    const { collectCoverage, coverageDirectory } = config.globalConfig;
    if (collectCoverage) process.env.NODE_V8_COVERAGE = join(coverageDirectory, "v8");
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
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

  async teardown() {
    for (const store of stores) store.disable();
    stores.clear();
    await super.teardown();
  }
};
