import { loadBackend } from "../../../tensor/backend.js";
import { attemptPretraining } from "./attempt.js";

/** An attempt in a process of its own: `attempt-process.ts DIRECTORY TOKENS HELDOUT END`. */
const [directory, tokens, heldOut, end] = process.argv.slice(2) as [string, string, string, string];
void loadBackend("tensorflow").then(() => attemptPretraining(directory, tokens, heldOut, end));
