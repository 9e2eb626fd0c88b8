import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import type { Hardware } from "../../store/records/record-types.js";

/**
 * Instruction sets by which libraries choose their kernels, as /proc/cpuinfo names them on x64 and
 * arm64.
 */
const instructionSets = [
  ...["sse4_2", "avx", "fma", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16"],
  ...["avx512_fp16", "amx_tile", "amx_bf16", "amx_int8", "asimd", "asimdhp", "asimddp", "sve", "sve2", "i8mm", "bf16"],
];

const cpuInfo = "/proc/cpuinfo";
const gpuDirectory = "/proc/driver/nvidia/gpus";

/**
 * The hardware of this machine that can change bits and is not part of a stage's key.
 * @param gpu whether the stage runs on a GPU
 */
export function thisHardware(gpu: boolean): Hardware {
  return (known[gpu ? "gpu" : "cpu"] ??= readHardware(gpu));
}

/** Cached: it stays the same while a process lives, and the system's description is long. */
const known: { cpu?: Hardware; gpu?: Hardware } = {};

function readHardware(gpu: boolean): Hardware {
  const processor =
    describeProcessor(process.arch, readText(cpuInfo)) ?? `${process.arch} ${cpus()[0]?.model ?? ""}`.trim();
  const model = gpu ? gpuModels() : "";
  return { processor, ...(model && { gpu: model }) };
}

/**
 * "x64 avx avx2 fma"; undefined if the text names no instruction set.
 * @param text of /proc/cpuinfo
 */
export function describeProcessor(architecture: string, text: string): string | undefined {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  const present = new Set(line.split(/\s+/));
  return [architecture, ...instructionSets.filter((name) => present.has(name))].join(" ");
}

/** Models of the machine's NVIDIA GPUs, as their driver names them; empty if there is none. */
function gpuModels(): string {
  try {
    const found = readdirSync(gpuDirectory).map((name) => readText(path.join(gpuDirectory, name, "information")));
    return [...new Set(found.flatMap((text) => /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? []))].sort().join(", ");
  } catch {
    return "";
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
