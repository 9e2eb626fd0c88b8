/** Tests are tiered by what they need: unit (nothing), tensor (native TensorFlow), durable (a Temporal dev server). */
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
  // Packages that ship only ES modules are transformed; the rest of node_modules is taken as it is.
  transformIgnorePatterns: [
    "/node_modules/(?!(@actions/expressions|@observablehq/plot|d3|d3-[a-z-]+|internmap|delaunator|robust-predicates|isoformat|linkedom|css-select|css-what|domutils|domhandler|domelementtype|dom-serializer|entities|nth-check|boolbase|htmlparser2|cssomnom)/)",
    "<rootDir>/dist/",
  ],
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": ["$1.ts", "$1.js"],
    "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js",
    "^@actions/expressions/(.+)$": "<rootDir>/node_modules/@actions/expressions/dist/$1.js",
  },
  testEnvironment: "<rootDir>/tests/support/environment.cjs",
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};
const tier = (name) => ({ ...base, displayName: name, testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`] });
module.exports = {
  projects: [tier("unit"), tier("tensor"), tier("durable")],
  reporters: ["default", "<rootDir>/tests/support/closing-line.cjs"],
  maxWorkers: 2,
};
