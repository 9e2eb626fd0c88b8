import type { JsonObject } from "../platform/json.js";
import type { StageType, StageWith } from "../schemas/stages/index.js";

/**
 * Whether a stage's work is bounded by the size of its definition and takes milliseconds: text that stands in the
 * definition itself. Such a stage is a local activity: it need not wait behind training for a free slot, and costs no
 * detour over the server.
 */
export function isBrief(uses: StageType, settings: JsonObject): boolean {
  if (uses !== "dataset") return false;
  const { source, query } = settings as unknown as StageWith<"dataset">;
  return source.text !== undefined && query === undefined;
}
