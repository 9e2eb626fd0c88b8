import path from "node:path";
import { pathToFileURL } from "node:url";
import { PawlError } from "../platform/errors.js";
import { isSetUp, packageRoot } from "../platform/program/locations.js";
import { workflowBundle } from "../worker/bundle.js";
import type { Terminal } from "./terminal.js";

/**
 * What the verbs use of scripts/setup/, which a clone's set-up runs before anything is compiled.
 */
interface Scripts {
  provideNative: (root: string) => void;
  SetupError: new () => Error & { fix?: string };
}

/**
 * Provides what npm does not: native TensorFlow, Temporal, and the bundle of the workflow code.
 * Progress goes to standard error.
 * @throws PawlError SETUP_FAILED
 */
export async function setUp(): Promise<void> {
  const { provideNative, SetupError } = await loadScripts();
  try {
    provideNative(packageRoot());
    await workflowBundle();
  } catch (cause) {
    const next = cause instanceof SetupError ? cause.fix : reasonOfSystem(cause);
    if (next === undefined) throw cause;
    throw new PawlError("SETUP_FAILED", (cause as Error).message, { where: packageRoot(), next }, { cause });
  }
}

/**
 * Does the same if it has not been done on this machine, and reports it.
 * @throws PawlError SETUP_FAILED
 */
export async function setUpOnce(terminal: Terminal): Promise<void> {
  if (isSetUp()) return;
  terminal.note("setting up native TensorFlow and Temporal, once (pawl setup does the same)");
  await setUp();
}

async function loadScripts(): Promise<Scripts> {
  const load = (name: string) => import(pathToFileURL(path.join(packageRoot(), "scripts", "setup", name)).href);
  return { ...((await load("native.mjs")) as Scripts), ...((await load("report.mjs")) as Scripts) };
}

function reasonOfSystem(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EROFS") return undefined;
  return "run `pawl setup` as the user who installed Pawl, who may write there";
}
