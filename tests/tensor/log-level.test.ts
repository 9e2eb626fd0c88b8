import { spawnSync } from "node:child_process";
import { packageRoot } from "../../platform/program/locations.js";

/** What TensorFlow writes to standard error while its libraries load. */
function loading(level?: string): string {
  const binding = "./node_modules/.tfjs-node-gpu/lib/napi-v8/tfjs_binding.node";
  const { TF_CPP_MIN_LOG_LEVEL: _level, ...environment } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ["-e", `require("${binding}")`], {
    cwd: packageRoot(),
    encoding: "utf8",
    env: { ...environment, TF_ENABLE_ONEDNN_OPTS: "1", ...(level !== undefined && { TF_CPP_MIN_LOG_LEVEL: level }) },
  });
  expect(status).toBe(0);
  return stderr;
}

test("TensorFlow writes nothing to standard error, unless TF_CPP_MIN_LOG_LEVEL asks for it", () => {
  expect(loading()).toBe("");
  expect(loading("2")).toBe("");
  expect(loading("0")).toContain("oneDNN");
});
