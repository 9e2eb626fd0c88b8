import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../platform/errors.js";
import { durationMs } from "../schemas/duration.js";
import { filesContent } from "./command/inputs.js";
import type { Stage } from "./stage.js";

/**
 * Asks for an approval; the attempt after that records the answer. An answer to another message,
 * from before the run was resumed, does not count.
 */
export const approve: Stage<"approve"> = async ({ message, form, approvers, deadline }, context) => {
  const { approval: given } = context;
  if (given?.message !== message) {
    const limit = deadline !== undefined && { deadlineMs: durationMs(deadline) };
    return { approval: { message, form, approvers, ...limit } };
  }
  const where = `stages.${context.stage}`;
  const { answer } = given;
  if (answer === undefined)
    throw new PawlError("APPROVAL_EXPIRED", "nobody answered before the deadline", {
      where,
      ...(approvers.length > 0 && { expected: `an answer by ${approvers.join(", ")}` }),
      next: `pawl resume ${context.runId} asks again`,
    });
  const { approved, by, comment, answers } = answer;
  if (!approved)
    throw new PawlError("APPROVAL_REFUSED", `${by} refused${comment === undefined ? "" : `: ${comment}`}`, {
      where,
      next: `change what was refused: pawl fork ${context.runId} --help; or ask again: pawl resume ${context.runId}`,
    });
  const record = await context.putArtifact("files", async (directory) => {
    await mkdir(path.join(directory, filesContent));
    const text = `${JSON.stringify({ message, ...answer }, null, 2)}\n`;
    await writeFile(path.join(directory, filesContent, "approval.json"), text);
  });
  return { outputs: { approval: record }, metrics: {}, answers };
};
