import path from "node:path";
import { builtDirectory } from "../../../platform/program/locations.js";

/** A program of this directory, as tests/support/build.cjs bundles it. */
export const testProgram = (name: string): string => path.join(builtDirectory(), "tests", `${name}.mjs`);
