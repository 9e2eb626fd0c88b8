import { loadBackend } from "../../../tensor/backend.js";
import { nativeEnvironment } from "../../../tensor/flags.js";
import { attemptPretraining } from "./attempt.js";

/**
 * An attempt in a process of its own: `attempt-process.ts SWITCHES DIRECTORY TOKENS HELDOUT END`.
 */
const [switches, ...given] = process.argv.slice(2) as [string, string, string, string, string];
const environment = { ...nativeEnvironment(), ...(JSON.parse(switches) as Record<string, string>) };
void loadBackend("tensorflow", environment).then(() => attemptPretraining(...given));
