import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run, SetupError, setUpCommand, step, works } from "./report.mjs";
import { provideTfjs } from "./tfjs.mjs";
import { cacheDirectory, provide, unpackWheel } from "./wheels.mjs";

const napiVersion = 8;

/**
 * Increased when the binding is compiled in a different way, so that every clone's set-up compiles
 * it again.
 */
const bindingVersion = 3;

/** What the compiler includes before every file of the binding. */
const bindingHeaders = ["log-level.h", "session-options.h"];

/**
 * Makes `@tensorflow/tfjs-node-gpu` run on the pinned TensorFlow: takes the libraries and C headers
 * out of the wheel, compiles the package's binding against them, and links both into the package.
 * In the cache:
 *   tensorflow-VERSION-BUILD/deps/lib            the libraries
 *   tensorflow-VERSION-BUILD/deps/nvidia         CUDA's, where the library's own search path
 *                                                ($ORIGIN/../nvidia) expects them
 *   tensorflow-VERSION-BUILD/deps/include        the headers
 *   tensorflow-VERSION-BUILD/tfjs-VERSION-N/napi-v8 the binding, whose search path is
 *     $ORIGIN/../../deps/lib
 * Returns undefined if no build is pinned: then the JavaScript fallback computes.
 */
export function provideTensorFlow(root, { tensorflow: pins, tfjs }) {
  const build = chooseBuild(pins);
  const wheels = pins.builds[`${build}-${process.arch}`];
  if (process.platform !== "linux" || !wheels) {
    process.stderr.write(
      `  no native TensorFlow for ${process.platform} on ${process.arch} (${build}): steps will run slowly, in WebAssembly\n`,
    );
    return undefined;
  }
  const directory = join(cacheDirectory, `tensorflow-${pins.version}-${build}`);
  provide(join(directory, "deps"), (temporary) => unpackLibraries(wheels, temporary));
  const module = provideTfjs(root, tfjs);
  const binding = join(directory, `tfjs-${tfjs.version}-${bindingVersion}`, `napi-v${napiVersion}`);
  provide(binding, (temporary) =>
    step("compiling the TensorFlow binding", () => compileBinding(root, module, directory, temporary)),
  );
  const changed = [link(join(directory, "deps"), join(module, "deps")), link(dirname(binding), join(module, "lib"))];
  if (changed.some(Boolean)) step("loading TensorFlow", () => checkLoads(module, directory));
  return { version: pins.version, build, directory };
}

/**
 * `PAWL_TENSORFLOW` = cpu, cuda or none decides; otherwise CUDA if there is an NVIDIA driver and
 * such a build, else CPU.
 */
function chooseBuild(pins) {
  const wanted = process.env.PAWL_TENSORFLOW;
  if (wanted && !["cpu", "cuda", "none"].includes(wanted))
    throw new SetupError(`PAWL_TENSORFLOW must be cpu, cuda or none, got "${wanted}"`, "unset PAWL_TENSORFLOW");
  if (wanted) return wanted;
  const hasDriver = () => existsSync("/proc/driver/nvidia/version") || works("nvidia-smi", ["-L"]);
  return pins.builds[`cuda-${process.arch}`] && hasDriver() ? "cuda" : "cpu";
}

function unpackLibraries(wheels, deps) {
  const [tensorflow, ...cuda] = wheels;
  const headers = ["tensorflow/c/", "tensorflow/core/platform/", "xla/tsl/c/", "tsl/platform/"].map(
    (name) => `tensorflow/include/${name}`,
  );
  unpackWheel(tensorflow, deps, [
    "tensorflow/libtensorflow_cc.so.2",
    "tensorflow/libtensorflow_framework.so.2",
    ...headers,
  ]);
  for (const pin of cuda) unpackWheel(pin, deps, ["nvidia/"]);
  renameSync(join(deps, "tensorflow", "include"), join(deps, "include"));
  renameSync(join(deps, "tensorflow"), join(deps, "lib"));
  symlinkSync("libtensorflow_cc.so.2", join(deps, "lib", "libtensorflow.so"));
  symlinkSync("libtensorflow_framework.so.2", join(deps, "lib", "libtensorflow_framework.so"));
}

function compileBinding(root, module, directory, out) {
  for (const [program, debian] of [
    ["make", "make"],
    ["g++", "g++"],
    ["python3", "python3"],
  ])
    if (!works(program, ["--version"]))
      throw new SetupError(
        `${program} is missing; it compiles the TensorFlow binding`,
        `sudo apt-get install -y ${debian}`,
      );
  const source = join(out, "source");
  cpSync(join(module, "binding"), join(source, "binding"), { recursive: true });
  for (const file of ["binding.gyp", "package.json"]) cpSync(join(module, file), join(source, file));
  for (const header of bindingHeaders) cpSync(join(import.meta.dirname, header), join(source, header));
  symlinkSync(join(directory, "deps"), join(source, "deps"));
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, "include", "node", "node_api.h"))
    ? { npm_config_nodedir: prefix }
    : undefined;
  // The compiler runs in source/build; a path from there holds no spaces, wherever clone and cache
  // are.
  const included = bindingHeaders.map((header) => `-include ../${header}`);
  run(
    process.execPath,
    [
      createRequire(join(root, "package.json")).resolve("node-gyp/bin/node-gyp.js"),
      "rebuild",
      "--module_name=tfjs_binding",
      "--module_path=.",
      `--napi_build_version=${napiVersion}`,
    ],
    {
      cwd: source,
      // node-gyp prefers this to its own option: the user's own setting may name another Node, or
      // nothing
      env: { ...process.env, ...headers, CXXFLAGS: [process.env.CXXFLAGS ?? "", ...included].join(" ") },
      fix: headers
        ? `sudo apt-get install -y g++ make python3 && ${setUpCommand}`
        : `install a Node that includes its C headers (https://nodejs.org/en/download), then ${setUpCommand}`,
    },
  );
  renameSync(join(source, "build", "Release", "tfjs_binding.node"), join(out, "tfjs_binding.node"));
  rmSync(source, { recursive: true });
}

/** Makes `path` a link to `target`; returns whether it had to. */
function link(target, path) {
  const is = lstatSync(path, { throwIfNoEntry: false });
  if (is?.isSymbolicLink() && readlinkSync(path) === target) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  symlinkSync(target, temporary);
  if (is?.isDirectory()) rmSync(path, { recursive: true });
  renameSync(temporary, path);
  return true;
}

function checkLoads(module, directory) {
  const script = `require("./lib/napi-v${napiVersion}/tfjs_binding.node")`;
  const result = spawnSync(process.execPath, ["-e", script], {
    cwd: module,
    encoding: "utf8",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  if (result.status === 0) return;
  throw new SetupError(
    `TensorFlow does not load:\n${result.stderr.trim().split("\n").slice(-8).join("\n")}`,
    `rm -r ${directory} && ${setUpCommand}`,
  );
}
