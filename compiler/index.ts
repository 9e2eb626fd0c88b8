/** YAML text -> checked plan. Pure: a file is read only by the function that the caller gives. */
export { checkWith } from "./check-with.js";
export { compilePipeline, validatePipeline, type CompileOptions, type Warning } from "./compile.js";
export { PipelineErrors, renderError } from "./errors.js";
