import { PawlError } from "../platform/errors.js";
import type { Stage } from "./stage.js";

/** A child is a run of its own, which the workflow starts: see workflows/child.ts. */
export const pipeline: Stage<"pipeline"> = ({ pipeline: name }, { stage }) => {
  const next = "start the run again with `pawl run`: this plan was not compiled by Pawl";
  return Promise.reject(
    new PawlError("NOT_ALLOWED", `no worker runs the pipeline ${name}`, { where: `stages.${stage}`, next }),
  );
};
