import { readdir, rename } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { ArtifactRef, WrittenKind } from "../../schemas/artifact.js";
import { checkpointContent } from "../command/checkpoints.js";
import { refuseOthers } from "../command/contract.js";
import { filesContent, inputState, refuseChangedInputs, type LinkedInput } from "../command/inputs.js";
import { takeOutput, type Written } from "../command/outputs.js";
import type { StageContext } from "../stage.js";
import type { Handlers } from "./server.js";

/** What a running stage's process may ask for, and what it has put and opened. */
export class RunHandlers {
  readonly #context: StageContext;
  readonly #known = new Set<string>();
  readonly #opened = new Map<string, LinkedInput>();

  constructor(context: StageContext) {
    this.#context = context;
  }

  /** Whether the stage has put or opened an artifact. */
  knows({ digest }: ArtifactRef): boolean {
    return this.#known.has(digest);
  }

  /** @throws PawlError COMMAND_INVALID if the stage has changed an artifact that it opened */
  refuseChangedInputs(): Promise<void> {
    return refuseChangedInputs([...this.#opened.values()], this.#context.home);
  }

  readonly all: Handlers = {
    confirmLease: async () => {
      await this.#context.confirmLease();
      return null;
    },
    latestCheckpoint: async () => {
      const newest = await this.#context.checkpoints.latest();
      return newest ? { step: newest.step, directory: path.join(newest.directory, checkpointContent) } : null;
    },
    saveCheckpoint: async ({ step, directory }) => {
      await refuseOthers(directory, `the checkpoint of step ${step}`);
      await this.#context.checkpoints.save(step, (into) => rename(directory, path.join(into, checkpointContent)));
      return null;
    },
    putArtifact: async ({ kind, directory }) => {
      await refuseOthers(directory, "the artifact");
      const ref = await takeOutput(kind, await writtenIn(directory, kind), this.#context);
      this.#known.add(ref.digest);
      return ref;
    },
    openArtifact: ({ ref }) => this.#open(ref),
  };

  async #open(ref: ArtifactRef): Promise<string> {
    const directory = await this.#context.openArtifact(ref);
    this.#known.add(ref.digest);
    if (!this.#opened.has(ref.digest)) {
      const opened = { name: ref.artifact, where: "openArtifact", ref, directory };
      this.#opened.set(ref.digest, { ...opened, before: await inputState(directory) });
    }
    return ref.artifact === "files" ? path.join(directory, filesContent) : directory;
  }
}

/** The file of a dataset's rows, as the stage writes it. */
const rowsFile = "data.jsonl";

/**
 * What is to become an artifact of a kind.
 * @throws PawlError STAGE_INVALID for a dataset without its file
 */
async function writtenIn(directory: string, kind: WrittenKind): Promise<Written> {
  if (kind !== "dataset") return { source: directory, isDirectory: true, where: "putArtifact" };
  const names = await readdir(directory);
  if (names.length === 1 && names[0] === rowsFile)
    return { source: path.join(directory, rowsFile), isDirectory: false, where: rowsFile };
  throw new PawlError("STAGE_INVALID", "a dataset is written as one file of rows", {
    where: "putArtifact",
    expected: rowsFile,
    got: names.join(", ") || "an empty directory",
    next: "write it with writeRows(directory, rows)",
  });
}
