/** Pawl's public interface. Stages of one's own: docs/guides/own-stages.md. */
export { Type, type Static, type TObject } from "@sinclair/typebox";
export { Artifact, Dataset } from "./schemas/fields/basic.js";
export { metric } from "./schemas/stage.js";
export { defineOwnStage as defineStage, type OwnStageContext, type OwnStageDefinition } from "./schemas/own-stage.js";
export { Refusal } from "./platform/refusal.js";
export { readRows, writeRows } from "./formats/dataset.js";
export type { DatasetRow, InstructionRow, PreferenceRow, TextRow } from "./formats/dataset.js";
