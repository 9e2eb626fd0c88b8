/** YAML text -> checked plan. Pure: no file is read. */
export { checkWith } from "./check-with.js";
export { compilePipeline, validatePipeline, type CompileOptions, type Warning } from "./compile.js";
export { DEFAULTS } from "./defaults.js";
export { durationMs } from "./duration.js";
export { PipelineErrors, renderError, type LocatedError } from "./errors.js";
export { stageTable, type StageEntry } from "./generated/stage-table.js";
