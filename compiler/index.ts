/** YAML text -> checked plan. Pure: files are read only by a function that the caller passes. */
export { checkWith } from "./check-with.js";
export { compilePipeline, validatePipeline, type CompileOptions, type Warning } from "./compile.js";
export type { ReadDefinition } from "./children.js";
export { PipelineErrors, renderError } from "./errors.js";
