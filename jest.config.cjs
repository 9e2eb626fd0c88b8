/**
 * Tests are tiered by what they need: unit (one process), integration (DuckDB, processes and threads of their own; both need
 * npm's packages only), tensor and tensor-no-xla (native TensorFlow, with and without XLA),
 * durable (a Temporal development server), browser (the same, and Chromium).
 */
const base = {
  rootDir: __dirname,
  transform: {
    "\\.(ts|mjs|js)$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "commonjs" },
        sourceMaps: "inline",
      },
    ],
  },
  // Packages that ship only ES modules are transformed; the rest of node_modules is used unchanged.
  transformIgnorePatterns: [
    "/node_modules/(?!(@actions/expressions|@observablehq/plot|d3|d3-[a-z-]+|internmap|delaunator|robust-predicates|isoformat|linkedom|css-select|css-what|domutils|domhandler|domelementtype|dom-serializer|entities|nth-check|boolbase|htmlparser2|cssomnom)/)",
    "<rootDir>/dist/",
  ],
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": ["$1.ts", "$1.js"],
    "^pawl$": "<rootDir>/index.ts",
    "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js",
    "^@actions/expressions/(.+)$": "<rootDir>/node_modules/@actions/expressions/dist/$1.js",
  },
  testEnvironment: "<rootDir>/tests/support/environment.cjs",
  runner: "<rootDir>/tests/support/pools.cjs",
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};
const tier = (name, settings = {}) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  ...settings,
});
/** The native library reads its switches once per process: each set of them has processes of its own. */
const tensorTier = (name, tensorSwitches, settings) =>
  tier("tensor", {
    displayName: name,
    globals: { tensorSwitches },
    ...settings,
  });
module.exports = {
  projects: [
    tier("unit"),
    tier("integration"),
    tensorTier("tensor", {}, { testPathIgnorePatterns: ["\\.no-xla\\.test\\.ts$"] }),
    tensorTier("tensor-no-xla", { TF_XLA_FLAGS: "" }, { testMatch: ["<rootDir>/tests/tensor/**/*.no-xla.test.ts"] }),
    tier("durable"),
    tier("browser"),
  ],
  globalSetup: "<rootDir>/tests/support/generate.cjs",
  reporters: ["default", "<rootDir>/tests/support/closing-line.cjs"],
  testSequencer: "<rootDir>/tests/support/sequencer.cjs",
  maxWorkers: 2,
  // Ends what hangs. No test has a limit of its own: one that an idle machine keeps, a busy one does not.
  testTimeout: 1_800_000,
};
