import type { TObject } from "@sinclair/typebox";
import type { ErrorCode } from "../platform/errors.js";

/** What the language knows of a stage type: one object is the TypeScript type, the ajv schema and the editor's schema. */
export interface StageSchema {
  /** One line for `pawl` help and for the editor. */
  summary: string;
  /** Raised by hand whenever the stage's results change for the same `with`; part of the stage's key. */
  version: number;
  /** The stage computes with tensors: its results depend on the compute flags, which then belong to its key. */
  usesTensors: boolean;
  /** The stage writes outside the store: a result says nothing of what lies there now, so that every run does it again. */
  sideEffects?: true;
  with: TObject;
  /** Artifacts by output name. */
  outputs: TObject;
  /** Figures by name -> what they are: `${{ stages.ID.metrics.NAME }}`. */
  metrics: Readonly<Record<string, string>>;
}

/** What a rule found wrong: a message beside `with.` + the field, and what to do. */
export interface RuleProblem {
  code: Extract<ErrorCode, "MISSING_KEY" | "NOT_ALLOWED" | "OUT_OF_RANGE" | "CONTEXT_EXCEEDED">;
  /** Path inside `with`: names, and indices of lists. */
  at: readonly (string | number)[];
  /** Follows the path: "must be …". */
  message: string;
  next: string;
}

/**
 * A condition over several fields of a `with`, which no JSON Schema can say. Pure. It is asked only when all its
 * fields are known, with defaults filled in.
 */
export interface Rule<W> {
  /** Paths inside `with`, dots between names. */
  fields: readonly string[];
  check: (settings: W) => RuleProblem | undefined;
}
