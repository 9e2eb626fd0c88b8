/**
 * `npm run bench -- context`: what a long context costs. Peak memory of attention, forward and
 * backward, as the tokens grow eight times (over a process that attends to 256 tokens); the forward
 * pass of a small model over 131,072 tokens; processor time of a training step at 8,192 tokens,
 * sparse against dense. Every point is measured in its own process.
 * `npm run bench -- context curve`: processor time and memory of a step by window and selected
 * blocks, as JSON.
 */
import { measure, type Point } from "./support/context-point.js";
import { median, report, row } from "./harness.js";

const small = { layers: 2, hiddenSize: 64, heads: 2, keyValueHeads: 1, runs: 1 } satisfies Partial<Point>;
const kinds = {
  dense: { attention: "dense" },
  local: { attention: "local", window: 256, sinks: 4 },
  sparse: { attention: "sparse", window: 256, blockSize: 32, selectedBlocks: 8 },
} as const;
type Kind = keyof typeof kinds;

const gibibyte = 2 ** 30;

/** How much more memory attention to eight times the tokens takes. */
async function growth(kind: Kind, tokens: number): Promise<number> {
  const at = async (count: number): Promise<number> =>
    (await measure({ ...small, what: "attention", attention: kinds[kind], tokens: count, runs: 2 })).peak;
  const idle = await at(256);
  const [few, many] = [await at(tokens), await at(8 * tokens)];
  const [less, more] = [few - idle, many - idle].map((bytes) => (bytes / 2 ** 20).toFixed(0));
  process.stderr.write(`attention, ${kind}: ${tokens} tokens ${less} MiB, ${8 * tokens} tokens ${more} MiB\n`);
  return (many - idle) / (few - idle);
}

async function costs(): Promise<void> {
  const growths = {
    dense: await growth("dense", 1024),
    local: await growth("local", 8192),
    sparse: await growth("sparse", 8192),
  };
  const step = async (kind: Kind): Promise<number> =>
    median((await measure({ ...small, what: "step", attention: kinds[kind], tokens: 8192, runs: 3 })).seconds);
  const [sparse, dense] = [await step("sparse"), await step("dense")];
  const forward = await measure({ ...small, what: "forward", attention: kinds.sparse, tokens: 131_072 });
  const grown = (kind: "local" | "sparse") =>
    row({
      what: `peak memory of ${kind} attention, 8 times the tokens (peer: dense)`,
      unit: "×",
      ours: growths[kind],
      peer: growths.dense,
      bounds: "ours",
      better: "lower",
      atLeast: 9,
      aim: 8.2,
    });
  report("context", [
    grown("local"),
    grown("sparse"),
    row({
      what: "131,072 tokens forward, sparse: peak memory of the process",
      unit: "GiB",
      ours: forward.peak / gibibyte,
      bounds: "ours",
      better: "lower",
      atLeast: 8,
      aim: 4,
    }),
    row({
      what: "training step at 8,192 tokens, processor time: sparse (peer: dense)",
      unit: "s",
      ours: sparse,
      peer: dense,
      bounds: "ratio",
      better: "lower",
      atLeast: 1,
      aim: 0.25,
    }),
  ]);
}

async function curve(): Promise<void> {
  for (const window of [64, 256])
    for (const selectedBlocks of [2, 8, 32]) {
      const attention = { attention: "sparse", window, blockSize: 32, selectedBlocks } as const;
      const { seconds, peak } = await measure({ ...small, what: "step", attention, tokens: 4096, runs: 3 });
      process.stdout.write(`${JSON.stringify({ ...attention, tokens: 4096, seconds: median(seconds), peak })}\n`);
    }
}

if (process.argv[2] === "curve") await curve();
else await costs();
