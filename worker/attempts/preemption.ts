import { PawlError } from "../../platform/errors.js";

/** Why the worker process stops its stage. */
export function preemption(): PawlError {
  return new PawlError("PREEMPTED", "the worker is stopping; the stage resumes from its checkpoint elsewhere", {
    next: "nothing: the next worker process runs it",
  });
}
