/**
 * Tests are tiered by what they need: unit (one process), integration (DuckDB, processes and
 * threads of their own; both need npm's packages only), tensor and tensor-no-xla (native
 * TensorFlow, with and without XLA), durable (a Temporal development server), browser (the same,
 * and Chromium); nightly and its two kin: what takes longer than a change may wait for
 * (CONTRIBUTING.md).
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
    "\\.tsx$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript", tsx: true },
          target: "es2022",
          transform: { react: { runtime: "automatic", importSource: "hono/jsx" } },
        },
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
    "^(\\.{1,2}/.*)\\.js$": ["$1.ts", "$1.tsx", "$1.js"],
    "^pawl$": "<rootDir>/index.ts",
    "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js",
    "^@actions/expressions/(.+)$": "<rootDir>/node_modules/@actions/expressions/dist/$1.js",
  },
  testEnvironment: "<rootDir>/tests/support/environment.cjs",
  runner: "<rootDir>/tests/support/pools.cjs",
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};
/** Those who start Pawl's processes need dist/ as the sources are now. */
const built = { globalSetup: "<rootDir>/tests/support/build.cjs" };
/** Nightly files stand beside the others: `NAME.nightly.test.ts`. */
const nightly = "\\.nightly\\.test\\.ts$";
const tier = (name, settings = {}) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testPathIgnorePatterns: [nightly],
  ...settings,
});
/**
 * The native library reads its switches once per process: each set of them has processes of its
 * own.
 */
const tensorTier = (name, tensorSwitches, settings) =>
  tier("tensor", {
    displayName: name,
    globals: { tensorSwitches },
    ...settings,
  });
const noXla = { TF_XLA_FLAGS: "" };
/** Updates and their parts, kernel by kernel in the everyday tier: XLA compiles them at night. */
const compiledAtNight = [...["lm/losses", "lm/objectives", "lm/parity", "lm/policy", "lm/resume"], "stages/resume"].map(
  (name) => `<rootDir>/tests/tensor/${name}.no-xla.test.ts`,
);
const nightlyFiles = (place, ...others) => ({
  testMatch: [`<rootDir>/tests/${place}.nightly.test.ts`, ...others],
  testPathIgnorePatterns: [],
});
module.exports = {
  projects: [
    tier("unit"),
    tier("integration", built),
    tensorTier("tensor", {}, { ...built, testPathIgnorePatterns: [nightly, "\\.no-xla\\.test\\.ts$"] }),
    tensorTier("tensor-no-xla", noXla, { ...built, testMatch: ["<rootDir>/tests/tensor/**/*.no-xla.test.ts"] }),
    tier("durable", built),
    tier("browser", built),
    tier("nightly", { ...built, ...nightlyFiles("{integration,durable}/**/*") }),
    tensorTier("nightly-tensor", {}, { ...built, ...nightlyFiles("tensor/**/!(*.no-xla)", ...compiledAtNight) }),
    tensorTier("nightly-tensor-no-xla", noXla, { ...built, ...nightlyFiles("tensor/**/*.no-xla") }),
  ],
  globalSetup: "<rootDir>/tests/support/generate.cjs",
  reporters: ["default", "<rootDir>/tests/support/closing-line.cjs"],
  testSequencer: "<rootDir>/tests/support/sequencer.cjs",
  maxWorkers: 2,
  // Ends what hangs. No test has a limit of its own: one that an idle machine keeps, a busy one
  // does not.
  testTimeout: 1_800_000,
};
