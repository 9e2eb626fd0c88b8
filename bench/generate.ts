/**
 * `npm run bench -- generate`: 100 greedy tokens from one model, with the cache against without;
 * and against transformers' `generate` with its cache on the exported model, at batch 1 and 16
 * (bench/peers/transformers_generate.py). All take turns of a second; medians. Every side must
 * write the same tokens.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../platform/program/locations.js";
import { interleaved, report, row, type Row } from "./harness.js";
import { transformersPython, transformersVersions } from "./peers/transformers.js";
import { maxRows, prepareRun, type GenerationRun, type GenerationShape } from "./support/generation.js";
import { LineProcess } from "./support/line-process.js";

const rounds = 7;

/** Every row: not slower than before. */
const atLeast = { commit: "117143e", times: 1 };
/** With the cache against without. */
const aimOfCache = { small: 12, large: 8 };

/** A process that generates on request. */
class Contestant {
  readonly #process: LineProcess;

  constructor(command: string, args: string[], run: GenerationRun) {
    this.#process = new LineProcess(command, args);
    this.#process.tell(JSON.stringify(run));
  }

  async generate(request: string): Promise<{ seconds: number; tokens: number[][] }> {
    return JSON.parse(await this.#process.ask(request)) as { seconds: number; tokens: number[][] };
  }

  close(): void {
    this.#process.close();
  }
}

/** Minimum duration of a contestant's turn. */
const turnMs = 1000;

/**
 * Seconds of a request, repeated for a turn, without the first: it finds cold caches, and threads
 * of the other side that still wait spinning (OpenMP's do so for 200 ms). Throws if it writes other
 * tokens than expected.
 */
async function timed(contestant: Contestant, request: string, expected: number[][]): Promise<number[]> {
  const all: number[] = [];
  const begun = performance.now();
  while (all.length < 2 || performance.now() - begun < turnMs) {
    const { seconds, tokens } = await contestant.generate(request);
    if (JSON.stringify(tokens) !== JSON.stringify(expected.slice(0, tokens.length)))
      throw new Error(`${request}: other tokens than with the cache, from row ${firstUnlike(tokens, expected)} on`);
    all.push(seconds);
  }
  return all.slice(1);
}

function firstUnlike(tokens: number[][], expected: number[][]): number {
  return tokens.findIndex((row, r) => JSON.stringify(row) !== JSON.stringify(expected[r]));
}

async function measure(name: GenerationShape, directory: string, python: string | undefined): Promise<Row[]> {
  const run = await prepareRun(name, path.join(directory, name));
  const script = path.join(packageRoot(), "bench", "peers", "transformers_generate.py");
  const ours = new Contestant(
    process.execPath,
    [path.join(import.meta.dirname, "support", "generate-process.js"), name],
    run,
  );
  const peer = python && new Contestant(python, ["-W", "ignore", script, String(os.availableParallelism())], run);
  const many = `cached ${maxRows}`;
  const expected = (await ours.generate(many)).tokens;
  const turns: Record<string, () => Promise<number[]>> = {
    uncached: () => timed(ours, "uncached 1", expected),
    one: () => timed(ours, "cached 1", expected),
    many: () => timed(ours, many, expected),
    ...(peer && { peerOne: () => timed(peer, "cached 1", expected), peerMany: () => timed(peer, many, expected) }),
  };
  for (const turn of Object.values(turns)) await turn();
  const medians = await interleaved(rounds, turns);
  const seconds = medians as { uncached: number; one: number; many: number; peerOne?: number; peerMany?: number };
  ours.close();
  if (peer) peer.close();
  const rate = (rows: number, time: number | undefined) => time && (rows * run.newTokens) / time;
  const higher = { unit: "tokens/s", bounds: "ratio", better: "higher", atLeast } as const;
  const what = (more: string): string => `${run.newTokens} tokens, ${name} model, ${more}`;
  return [
    row({
      ...higher,
      what: what("with cache against without"),
      ours: rate(1, seconds.one)!,
      peer: rate(1, seconds.uncached),
      aim: aimOfCache[name],
    }),
    row({
      ...higher,
      what: what("batch 1"),
      ours: rate(1, seconds.one)!,
      peer: rate(1, seconds.peerOne),
      aim: 4,
    }),
    row({
      ...higher,
      what: what(`batch ${maxRows}`),
      ours: rate(maxRows, seconds.many)!,
      peer: rate(maxRows, seconds.peerMany),
      aim: 2.5,
    }),
  ];
}

const python = transformersPython();
const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-generate-"));
const rows = [...(await measure("small", directory, python)), ...(await measure("large", directory, python))];
rmSync(directory, { recursive: true, force: true });
report("generate", rows, python ? transformersVersions : {});
