import type { Command } from "commander";
import type { Terminal } from "../terminal.js";

/** Declares a verb's arguments and options on its command, and what it does. */
export type Verb = (command: Command, terminal: Terminal) => void;

interface VerbEntry {
  summary: string;
  /** Loads the verb's module, only when it runs. */
  load: () => Promise<Verb>;
}

/** The table of verbs, in the order of `pawl help`. One line a verb; its twin is the file of that name. */
export const verbs: Record<string, VerbEntry> = {
  run: { summary: "start a pipeline and watch it", load: async () => (await import("./run.js")).run },
  resume: {
    summary: "go on with a run that ended without success",
    load: async () => (await import("./resume.js")).resume,
  },
  validate: { summary: "check pipeline files", load: async () => (await import("./validate.js")).validate },
  plan: { summary: "say which stages would run, and why", load: async () => (await import("./plan.js")).plan },
  list: { summary: "list runs", load: async () => (await import("./list.js")).list },
  status: { summary: "show how a run stands", load: async () => (await import("./status.js")).status },
  watch: { summary: "watch a run until it ends", load: async () => (await import("./watch.js")).watch },
  logs: { summary: "print what a run's stages have logged", load: async () => (await import("./logs.js")).logs },
  metrics: {
    summary: "print the metrics of each step of a run's stages",
    load: async () => (await import("./metrics.js")).metrics,
  },
  cancel: { summary: "cancel a run; its checkpoints stay", load: async () => (await import("./cancel.js")).cancel },
  choose: {
    summary: "say which responses are preferred, where a stage asks",
    load: async () => (await import("./choose.js")).choose,
  },
  chat: { summary: "talk to the models of a run", load: async () => (await import("./chat.js")).chat },
  retry: { summary: "try a parked stage again", load: async () => (await import("./action.js")).retry },
  skip: { summary: "skip a parked stage", load: async () => (await import("./action.js")).skip },
  abort: { summary: "let a parked stage fail its run", load: async () => (await import("./action.js")).abort },
  worker: { summary: "run stages for a Temporal server", load: async () => (await import("./worker.js")).worker },
  up: { summary: "run the embedded server and a worker", load: async () => (await import("./up.js")).up },
  verify: { summary: "prove that runs survive crashes", load: async () => (await import("./verify.js")).verify },
  doctor: { summary: "check this machine", load: async () => (await import("./doctor.js")).doctor },
};
