import { installed } from "../../platform/program/locations.js";
import { setUp } from "../set-up.js";
import type { Verb } from "../verb.js";

/** `pawl setup`: provides the native parts that npm does not install. Does nothing twice. */
export const setup: Verb = (command, terminal) => {
  command.action(async () => {
    await setUp();
    const { tensorflow, temporal } = installed()!;
    if (terminal.json) return terminal.out(JSON.stringify({ tensorflow: tensorflow ?? null, temporal }));
    const computes = tensorflow ? `TensorFlow ${tensorflow.version} (${tensorflow.build})` : "no native TensorFlow";
    terminal.out(`set up: ${computes}, Temporal ${temporal.version}`);
    terminal.out("  next: pawl run tiny");
  });
};
