/**
 * Pawl's public interface. Scripts: docs/guides/api.md. Stages of one's own:
 * docs/guides/own-stages.md.
 */
export { definePipeline, type WrittenPipeline as PipelineDefinition } from "./schemas/written.js";
export { compile, type CompileOptions, type Pipeline, type PipelineSource, type PipelineText } from "./api/compile.js";
export { connect, start, type Connection, type ConnectOptions, type StartOptions } from "./api/connection.js";
export type { Run, RunReport, StageReport } from "./api/run.js";
export { PawlError, type ErrorCode, type ErrorFacts } from "./platform/errors.js";
export { PipelineErrors, type LocatedError } from "./compiler/errors.js";
export {
  defineOwnStage as defineStage,
  type NamedTensors,
  type OwnStageContext,
  type OwnStageDefinition,
  type TensorStageContext,
} from "./schemas/own-stage.js";
export { Type, type Static, type TObject } from "@sinclair/typebox";
export { Artifact, Dataset } from "./schemas/fields/basic.js";
export { metric } from "./schemas/stage.js";
export { readRows, writeRows } from "./formats/dataset.js";
export type { DatasetRow, InstructionRow, PreferenceRow, TextRow } from "./formats/dataset.js";
export { Refusal } from "./platform/refusal.js";
export type { Json, JsonObject } from "./platform/json.js";
