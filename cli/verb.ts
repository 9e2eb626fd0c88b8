import type { Command } from "commander";
import type { Terminal } from "./terminal.js";

/** Declares a verb's arguments and options on its command, and what it does. */
export type Verb = (command: Command, terminal: Terminal) => void;
