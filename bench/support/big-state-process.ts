/**
 * A worker process's part of the benchmark `big-state`, in its own process: resumes the training up
 * to its first step, and prints the most memory that was resident until then. Arguments: the
 * directory, the digest of the tokens.
 */
import { checkpointDirectory, bigTraining } from "./big-state.js";
import { peakMemory } from "./process-memory.js";
import { stageRunner } from "./stage-runner.js";

const [directory, digest] = process.argv.slice(2) as [string, string];
const run = stageRunner(directory, {
  checkpoints: {
    save: async () => {},
    latest: async () => ({ step: 50, directory: checkpointDirectory(directory) }),
    clear: async () => {},
  },
  progress: ({ phase, done }) => {
    if (phase !== "compile" || done !== 50) return;
    process.stdout.write(`${peakMemory()}\n`, () => process.exit());
  },
});
await run("pretrain", { ...bigTraining, tokens: { artifact: "tokens", digest } });
throw new Error("the training ended before its first step");
