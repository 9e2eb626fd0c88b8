import type { TObject } from "@sinclair/typebox";

/** What the language knows of a stage type: one object is the TypeScript type, the ajv schema and the editor's schema. */
export interface StageSchema {
  /** One line for `pawl` help and for the editor. */
  summary: string;
  /** Raised by hand whenever the stage's results change for the same `with`; part of the stage's key. */
  version: number;
  /** The stage computes with tensors: its results depend on the compute flags, which then belong to its key. */
  usesTensors: boolean;
  with: TObject;
  /** Artifacts by output name. */
  outputs: TObject;
}
