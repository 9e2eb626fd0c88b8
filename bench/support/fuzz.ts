import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { row, type Row } from "../harness.js";

/** What came of compiling mutated definitions. */
interface FuzzReport {
  /** Definitions that took more than two seconds of processor time. */
  slow: number;
  slowestMs: number;
  /**
   * Definitions whose result was neither a plan nor located errors, or that ended their process.
   */
  faults: { index: number; fault: string }[];
}

const maxMs = 2000;
/** A definition that takes longer than this, ms, is considered to hang: its process is ended. */
const patienceMs = 120_000;

/** Compiles mutated definitions 0 … count − 1 of a seed; prints faults to standard error. */
export async function fuzzRows(count: number, seed: number): Promise<Row[]> {
  const program = path.join(import.meta.dirname, "fuzz-process.js");
  const { slow, faults, slowestMs } = await fuzz(count, seed, program);
  for (const { index, fault } of faults) process.stderr.write(`definition ${index} of seed ${seed}: ${fault}\n`);
  const none = { unit: "definitions", bounds: "ours", better: "lower", atLeast: 0, aim: 0 } as const;
  const slowest = { ours: slowestMs, unit: "ms", bounds: "ours", better: "lower", atLeast: maxMs, aim: 500 } as const;
  return [
    row({ what: `${count} mutated definitions (seed ${seed}): over 2 s of processor time`, ours: slow, ...none }),
    row({ what: "the same: neither a plan nor located errors", ours: faults.length, ...none }),
    row({ what: "the same: the slowest", ...slowest }),
  ];
}

async function fuzz(count: number, seed: number, program: string): Promise<FuzzReport> {
  const report: FuzzReport = { slow: 0, slowestMs: 0, faults: [] };
  for (let next = 0; next < count;) next = await inOneProcess(next, count, [program, String(seed)], report);
  return report;
}

/**
 * Until a process ends, or all are done; returns the index after the last definition that was
 * compiled.
 */
async function inOneProcess(first: number, count: number, args: string[], report: FuzzReport): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    for (let index = first; index < count; index++) {
      if (index % 1000 === 0 && index > 0) process.stderr.write(`${index} of ${count} definitions\n`);
      child.stdin.write(`${index}\n`);
      const hangs = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      const answer = await answers.next();
      clearTimeout(hangs);
      if (answer.done) {
        report.slow++;
        report.faults.push({ index, fault: "its process hung or ended" });
        return index + 1;
      }
      const { ms, fault } = JSON.parse(answer.value) as { ms: number; fault?: string };
      if (ms > maxMs) report.slow++;
      report.slowestMs = Math.max(report.slowestMs, ms);
      if (fault !== undefined) report.faults.push({ index, fault });
    }
    return count;
  } finally {
    child.kill("SIGKILL");
  }
}
