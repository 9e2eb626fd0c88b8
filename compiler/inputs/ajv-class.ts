/**
 * The package ajv as a module of its own, to be loaded late: bundled, its CommonJS has no named
 * exports for a late import.
 */
export { Ajv } from "ajv";
