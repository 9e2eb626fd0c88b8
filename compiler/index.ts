/** YAML text -> checked plan. Pure: no file is read. */
export { checkWith } from "./check-with.js";
export { compilePipeline, validatePipeline, type Warning } from "./compile.js";
export { PipelineErrors, renderError } from "./errors.js";
