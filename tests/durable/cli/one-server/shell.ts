import { Shell } from "../shell.js";

/** The shell of all tests in this directory. */
export const shell = new Shell();
