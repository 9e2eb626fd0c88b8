/**
 * Lets `require` load TypeScript from source, before anything is built: `node scripts/typescript.cjs file.ts ...` runs a
 * file, as jest does in its own processes; `require("./typescript.cjs")` only prepares the process.
 */
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { transformSync } = require("@swc/core");

const options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
  swcrc: false,
  configFile: false,
};

Module._extensions[".ts"] = (module, filename) =>
  module._compile(transformSync(fs.readFileSync(filename, "utf8"), { ...options, filename }).code, filename);

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  try {
    return resolve.call(this, request, ...rest);
  } catch (error) {
    if (!/^\.{1,2}\/.*\.js$/.test(request)) throw error;
    return resolve.call(this, request.replace(/\.js$/, ".ts"), ...rest);
  }
};

if (require.main === module) {
  process.argv.splice(1, 1);
  require(path.resolve(process.argv[1]));
}
