import { PawlError } from "../platform/errors.js";

/** Why the worker process stops its stage. */
export function preemption(): PawlError {
  return new PawlError("PREEMPTED", "the worker was told to stop; the stage goes on from its checkpoint elsewhere", {
    next: "nothing: the next worker takes it up",
  });
}
