import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import {
  builtDirectory,
  installed,
  packageRoot,
  setUpCommand,
  temporalCliPath,
} from "../../platform/program/locations.js";
import { PawlError } from "../../platform/errors.js";
import type { Finding } from "./check.js";
import { gpus } from "./gpus.js";

const run = promisify(execFile);

/** Checks that Node is at least as new as package.json requires. */
export async function node(): Promise<Finding> {
  const { engines } = JSON.parse(await readFile(path.join(packageRoot(), "package.json"), "utf8")) as {
    engines: { node: string };
  };
  const least = engines.node.replace(/^>=/, "");
  const found = `${process.versions.node} (${process.platform} ${process.arch})`;
  if (atLeast(process.versions.node, least)) return { name: "Node", level: "ok", found };
  return { name: "Node", level: "fail", found, next: `install Node ${least} or newer` };
}

function atLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  const at = b!.findIndex((part, index) => part !== (a![index] ?? 0));
  return at === -1 || (a![at] ?? 0) > b![at]!;
}

/**
 * Checks TensorFlow in a separate process, so that a native library that crashes ends only that
 * process. The process multiplies two matrices, which also detects a library that loads but does
 * not compute.
 */
export async function tensorflow(): Promise<Finding> {
  const name = "TensorFlow";
  if (!installed()?.tensorflow)
    return {
      name,
      level: "warn",
      found: "not installed: steps run in WebAssembly, about ten times slower",
      next: setUpCommand(),
    };
  const probe = path.join(builtDirectory(), "cli", "machine", "probe-tensorflow.js");
  try {
    const { stdout } = await run(process.execPath, [probe], { timeout: 120_000 });
    const { version, device } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { version: string; device: string };
    return { name, level: "ok", found: `${version} on ${device}` };
  } catch (error) {
    const { signal, stderr, message } = error as { signal?: string; stderr?: string; message: string };
    const output = (stderr ?? "").trim().split("\n").at(-1);
    const found = signal ? `crashed with ${signal}` : `does not load: ${output || message}`;
    return { name, level: "fail", found, next: setUpCommand() };
  }
}

/** The `temporal` program: needed for the embedded server only. */
export async function temporalCli(embedded: boolean): Promise<Finding> {
  const name = "Temporal CLI";
  const trouble = (found: string, next: string): Finding => ({ name, level: embedded ? "fail" : "warn", found, next });
  try {
    const program = temporalCliPath();
    const { stdout } = await run(program, ["--version"], { timeout: 20_000 });
    return { name, level: "ok", found: stdout.trim().replace(/^temporal version /, "") };
  } catch (error) {
    if (error instanceof PawlError) return trouble(error.message, error.facts.next ?? setUpCommand());
    return trouble(`does not run: ${(error as Error).message.split("\n")[0]}`, setUpCommand());
  }
}

/** NVIDIA GPUs, and whether TensorFlow's build can use them. */
export async function gpu(): Promise<Finding> {
  const found = await gpus();
  if (found.length === 0)
    return { name: "GPU", level: "ok", found: "none (nvidia-smi finds no GPU); stages run on the CPU" };
  const text = found.map(({ name, memory }) => `${name} ${memory}`).join(", ");
  if (installed()?.tensorflow?.build === "cuda") return { name: "GPU", level: "ok", found: text };
  return { name: "GPU", level: "warn", found: `${text}, but TensorFlow is the CPU build`, next: setUpCommand() };
}

export async function memory(): Promise<Finding> {
  const [free, total] = [freemem(), totalmem()].map((bytes) => bytes / 2 ** 30);
  const found = `${free!.toFixed(1)} of ${total!.toFixed(1)} GiB free`;
  if (free! >= 1) return { name: "Memory", level: "ok", found };
  return { name: "Memory", level: "warn", found, next: "close other programs: a small training run needs about 1 GiB" };
}

export async function cores(): Promise<Finding> {
  return { name: "Cores", level: "ok", found: String(availableParallelism()) };
}
