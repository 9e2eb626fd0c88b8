import type { ChildAsks } from "../../schemas/run.js";

/** Returns the command for what a child waits for. */
export function answerCommand({ verb, run, stage }: ChildAsks): string {
  return verb === "retry" ? `pawl retry | skip | abort ${run} ${stage}` : `pawl ${verb} ${run} --stage ${stage}`;
}
