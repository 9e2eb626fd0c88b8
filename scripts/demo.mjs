// `npm run demo`: set-up, then the main job on real input: pipelines/llm-from-scratch.yaml.
import { step } from "./steps.mjs";

const node = process.execPath;
step("set-up", node, ["scripts/setup.mjs"]);
step("pawl run pipelines/llm-from-scratch.yaml", node, [
  "dist/cli/main.js",
  "run",
  "pipelines/llm-from-scratch.yaml",
  ...process.argv.slice(2),
]);
