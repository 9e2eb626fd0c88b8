import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { ActivityTask } from "../../schemas/activity.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { isMissing, systemCode } from "../../store/errors.js";
import { layout } from "../../store/home.js";
import { moveAside } from "../../store/artifacts/sealed-directory.js";
import { namesIn, temporaryName } from "../../store/temporary.js";
import { copyNewest, takeComplete } from "../command/checkpoints.js";
import { EventReader } from "../command/events.js";
import { linkInputs, type LinkedInput } from "../command/inputs.js";
import type { StageContext } from "../stage.js";

/** The activity's task, and the name of the attempt's directory. */
type Place = Pick<ActivityTask, "inputs" | "outputs" | "checkpoints" | "events" | "output" | "resume"> & {
  name: string;
};

/** File with the state of the inputs before the activity ran. */
const linkedFile = "inputs.json";
/** File with the activity's events. */
const eventsFile = "events";

/**
 * Makes an attempt's directory, in which it exchanges files with a worker of the user's. Nothing
 * but the worker's own process sees what it saves while it runs: the checkpoints of earlier
 * attempts are taken here, however these have ended.
 * @throws as `takeComplete`, `linkInputs`
 */
export async function openExchange(
  inputs: Readonly<Record<string, ArtifactRef>>,
  context: StageContext,
): Promise<Place> {
  const base = layout.exchange(context.home, context.runId, context.stage);
  await takeEarlier(base, context);
  // The name begins with the key: with changed settings the key differs, and earlier checkpoints
  // are useless.
  const name = `${context.key.slice(0, 32)}.${randomUUID()}`;
  const below = (...names: string[]): string => path.join(base, name, ...names);
  for (const inner of ["inputs", "outputs", "checkpoints"]) await mkdir(below(inner), { recursive: true });
  const linked = await linkInputs(inputs, { directory: below("inputs"), named: "inputs" }, context);
  await writeFile(below(linkedFile), JSON.stringify(linked));
  await writeFile(below(eventsFile), "");
  const output = layout.output(context.home, context.runId, context.stage, context.attempt);
  await mkdir(path.dirname(output), { recursive: true });
  await writeFile(output, "", { mode: 0o600 });
  const step = await copyNewest(below("resume"), context);
  return {
    name,
    inputs: Object.fromEntries(linked.map((input) => [input.name, below("inputs", input.name)])),
    outputs: below("outputs"),
    events: below(eventsFile),
    output,
    checkpoints: {
      directory: below("checkpoints"),
      everySeconds: context.checkpointEveryMs / 1000,
      keep: context.checkpointsToKeep,
    },
    ...(step !== undefined && { resume: { step, directory: below("resume") } }),
  };
}

/** Takes the checkpoints that earlier attempts have left, and removes their directories. */
async function takeEarlier(base: string, context: StageContext): Promise<void> {
  for (const name of namesIn(base)) {
    const directory = path.join(base, name);
    try {
      if (name.startsWith(`${context.key.slice(0, 32)}.`)) {
        await readEvents(directory, context);
        await takeComplete(path.join(directory, "checkpoints"), "checkpoints", context);
      }
    } catch (error) {
      // Anything that is not a checkpoint fails only this attempt.
      if (error instanceof PawlError && error.code === "COMMAND_INVALID") await removeExchange(context.home, directory);
      throw error;
    }
    await removeExchange(context.home, directory);
  }
}

/**
 * Reads the events that an activity has left: metrics of steps, and lines of the log.
 * @returns metrics of the result among them
 */
async function readEvents(directory: string, context: StageContext): Promise<Record<string, number>> {
  const reader = new EventReader(context, { source: "events" });
  try {
    // Reads only regular files: a link may lead anywhere, and a pipe would never end.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(path.join(directory, eventsFile), flags);
    if (!(await handle.stat()).isFile()) {
      await handle.close();
      throw Object.assign(new Error("it is not a file"), { code: "EISDIR" });
    }
    for await (const bytes of handle.createReadStream()) {
      reader.read(bytes as Buffer);
      await context.yield();
    }
    reader.end();
  } catch (error) {
    if (!["ENOENT", "ELOOP", "EISDIR"].includes(systemCode(error) ?? "")) throw error;
    context.log("the file of events is missing: nothing of it is known", { code: systemCode(error) });
  }
  return reader.metrics;
}

/** Moves it away first: a worker that the server has given up may still write to it. */
async function removeExchange(home: string, directory: string): Promise<void> {
  const aside = await temporaryName(home, "removal");
  if (await moveAside(directory, aside)) await rm(aside, { recursive: true, force: true });
}

/**
 * Takes what the activity has written, and removes the directory. After a failure it stays until
 * the stage's next attempt.
 * @param take gets the inputs that the activity was given, the directory of its outputs, and the
 *   metrics among its events
 * @throws PawlError STORE_UNREADABLE if the directory no longer exists
 */
export async function closeExchange<T>(
  name: string,
  context: StageContext,
  take: (given: { linked: LinkedInput[]; outputs: string; metrics: Record<string, number> }) => Promise<T>,
): Promise<T> {
  const { home, runId, stage } = context;
  const directory = path.join(layout.exchange(home, runId, stage), path.basename(name));
  const linked = await linkedInputs(directory);
  const metrics = await readEvents(directory, context);
  const taken = await take({ linked, outputs: path.join(directory, "outputs"), metrics });
  await removeExchange(home, directory);
  return taken;
}

async function linkedInputs(directory: string): Promise<LinkedInput[]> {
  try {
    return JSON.parse(await readFile(path.join(directory, linkedFile), "utf8")) as LinkedInput[];
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new PawlError("STORE_UNREADABLE", "the directory that the activity was given no longer exists", {
      where: directory,
      next: "nothing, if the retry succeeds; let the activity remove nothing but its own files",
    });
  }
}
