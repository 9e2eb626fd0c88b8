import type { Verb } from "../verb.js";

/** A command to type, without `pawl`, and what it does. */
type Example = readonly [command: string, effect: string];

interface VerbEntry {
  summary: string;
  /** Shown below the verb's help. */
  examples: readonly [Example, Example];
  /** Loads the verb's module, only when it runs. */
  load: () => Promise<Verb>;
}

/**
 * The table of verbs, in the order of `pawl help`. One entry for each verb; `load` imports its
 * module.
 */
export const verbs: Record<string, VerbEntry> = {
  init: {
    summary: "make this directory a project with a first pipeline",
    examples: [
      ["init train", "writes a pipeline that trains a small model; pawl help init lists the templates"],
      ["init --from llm-from-scratch", "copies a pipeline that Pawl ships, with its queries and data"],
    ],
    load: async () => (await import("./init.js")).init,
  },
  run: {
    summary: "start a pipeline and watch it",
    examples: [
      ["run tiny", "runs a pipeline of the directory pipelines/, or one that Pawl ships"],
      ["run poems.yaml -i steps=500 --detach", "runs a file with an input, and does not wait for its end"],
    ],
    load: async () => (await import("./run.js")).run,
  },
  resume: {
    summary: "resume a run that did not succeed",
    examples: [
      ["resume poems-k3x9ab", "continues from the last checkpoints"],
      ["resume poems-k3x9ab --detach", "does the same without watching"],
    ],
    load: async () => (await import("./resume.js")).resume,
  },
  fork: {
    summary: "start a new run from another one, with an edit",
    examples: [
      ["fork poems-k3x9ab --set stages.base.with.steps=500", "runs again only what the edit reaches"],
      ["fork poems-k3x9ab --file poems.yaml --dry-run", "prints what an edited file would run again, and why"],
    ],
    load: async () => (await import("./fork.js")).fork,
  },
  validate: {
    summary: "check pipeline files",
    examples: [
      ["validate", "checks every file in pipelines/"],
      ["validate poems.yaml", "checks one file, and prints all its errors"],
    ],
    load: async () => (await import("./validate.js")).validate,
  },
  schema: {
    summary: "write the editor's schema of this project, with its own stages",
    examples: [
      ["schema", "writes pipeline.schema.json, and prints which files do not name it"],
      ["schema --json", "prints the stages and their errors for a script"],
    ],
    load: async () => (await import("./schema.js")).schema,
  },
  plan: {
    summary: "print which stages would run, and why",
    examples: [
      ["plan tiny", "prints which stages come from the cache"],
      ["plan poems.yaml --against poems-k3x9ab", "prints what it would reuse of a run, and what differs"],
    ],
    load: async () => (await import("./plan.js")).plan,
  },
  list: {
    summary: "list runs",
    examples: [
      ["list", "lists the newest runs"],
      ["list --status parked waiting --since 7d", "lists those of a week that wait for people"],
    ],
    load: async () => (await import("./list.js")).list,
  },
  status: {
    summary: "print the state of a run",
    examples: [
      ["status poems-k3x9ab", "prints each stage with its metrics"],
      ["status poems-k3x9ab --json", "prints the same for a script"],
    ],
    load: async () => (await import("./status.js")).status,
  },
  watch: {
    summary: "watch a run until it ends",
    examples: [
      ["watch poems-k3x9ab", "shows progress and the time left; Ctrl-C stops watching, not the run"],
      ["watch poems-k3x9ab --json", "prints one event per line"],
    ],
    load: async () => (await import("./watch.js")).watch,
  },
  open: {
    summary: "open a run in Temporal's web UI or in the studio",
    examples: [
      ["open poems-k3x9ab", "opens the run's page in the browser; without a display, prints its address"],
      ["open poems-k3x9ab --studio", "opens its page in the studio, which is started if none runs"],
    ],
    load: async () => (await import("./open.js")).open,
  },
  studio: {
    summary: "serve a page that shows runs as they go",
    examples: [
      ["studio", "serves it on this machine until Ctrl-C, and opens it in the browser"],
      ["studio --host 0.0.0.0 --people heron --people egret", "for two people on other machines, each with a link"],
    ],
    load: async () => (await import("./studio.js")).studio,
  },
  logs: {
    summary: "print the log of a run",
    examples: [
      ["logs poems-k3x9ab base", "prints the lines of one stage"],
      ["logs poems-k3x9ab --follow", "prints lines as they are written"],
    ],
    load: async () => (await import("./logs.js")).logs,
  },
  metrics: {
    summary: "print the metrics of each step",
    examples: [
      ["metrics poems-k3x9ab base --plot", "draws the curves of one stage"],
      ["metrics poems-k3x9ab base --csv", "prints every step, for a spreadsheet"],
    ],
    load: async () => (await import("./metrics.js")).metrics,
  },
  diff: {
    summary: "compare two runs, stage by stage",
    examples: [
      ["diff poems-k3x9ab poems-7f2ncw", "prints how the second run differs from the first one"],
      ["diff poems-k3x9ab poems-7f2ncw --json", "prints the same for a script"],
    ],
    load: async () => (await import("./diff.js")).diff,
  },
  report: {
    summary: "write the report of a run, or the comparison of two",
    examples: [
      ["report poems-k3x9ab", "writes one HTML file with curves, samples and evaluations, and a model card"],
      ["report --latest --json", "does so for the latest run, and prints the files' names for a script"],
    ],
    load: async () => (await import("./report.js")).report,
  },
  inspect: {
    summary: "print what is inside an artifact",
    examples: [
      ["inspect poems-k3x9ab/base/model", "prints files, settings and tensors of a model"],
      ["inspect 4af417ae --json", "does the same for the artifact whose digest begins so"],
    ],
    load: async () => (await import("./inspect.js")).inspect,
  },
  lineage: {
    summary: "print what an artifact was made from, and what was made from it",
    examples: [
      ["lineage poems-k3x9ab/chat/model", "prints the stages and artifacts behind a model"],
      ["lineage 4af417ae --json", "prints the same for a script"],
    ],
    load: async () => (await import("./lineage.js")).lineage,
  },
  export: {
    summary: "write an ended run into one file, for another machine",
    examples: [
      ["export poems-k3x9ab", "writes poems-k3x9ab.pawl.tar.gz with the artifacts of its outputs"],
      ["export poems-k3x9ab --all --to poems.tar.gz", "also with those of all stages"],
    ],
    load: async () => (await import("./export.js")).exportVerb,
  },
  import: {
    summary: "take a run from a file that pawl export wrote",
    examples: [
      ["import poems-k3x9ab.pawl.tar.gz", "checks every digest, and adds the run to this store"],
      ["import poems-k3x9ab.pawl.tar.gz --id poems-2", "does the same under another id"],
    ],
    load: async () => (await import("./import.js")).importVerb,
  },
  cancel: {
    summary: "cancel a run; its checkpoints stay",
    examples: [
      ["cancel poems-k3x9ab", "lets the stages save a checkpoint, then ends the run"],
      ["cancel poems-k3x9ab --json", "prints the result for a script"],
    ],
    load: async () => (await import("./cancel.js")).cancel,
  },
  approve: {
    summary: "answer a stage that waits for an approval",
    examples: [
      ["approve release-k3x9ab", "shows what is to be approved, and asks"],
      ["approve release-k3x9ab --yes --set version=1.1", "approves, and fills in a field"],
    ],
    load: async () => (await import("./approve.js")).approve,
  },
  choose: {
    summary: "choose the preferred responses in a run that waits for them",
    examples: [
      ["choose stories-k3x9ab", "shows the pairs one by one"],
      ["choose stories-k3x9ab --item 3 --choice first", "makes one choice, for a script"],
    ],
    load: async () => (await import("./choose.js")).choose,
  },
  chat: {
    summary: "talk to the models of a run",
    examples: [
      ["chat poems-k3x9ab", "talks to the model of the last stage"],
      ["chat poems-k3x9ab --compare base,chat", "sends each line to the models of two stages"],
    ],
    load: async () => (await import("./chat.js")).chat,
  },
  retry: {
    summary: "retry a parked stage",
    examples: [
      ["retry poems-k3x9ab base", "retries it"],
      ["retry poems-k3x9ab base --set with.learningRate=0.001", "retries it with a changed setting"],
    ],
    load: async () => (await import("./action.js")).retry,
  },
  skip: {
    summary: "skip a parked stage",
    examples: [
      ["skip poems-k3x9ab samples", "skips it and the stages that need it"],
      ["skip poems-k3x9ab samples --json", "prints the result for a script"],
    ],
    load: async () => (await import("./action.js")).skip,
  },
  abort: {
    summary: "fail a parked stage and its run",
    examples: [
      ["abort poems-k3x9ab base", "ends the run as failed"],
      ["abort poems-k3x9ab base --json", "prints the result for a script"],
    ],
    load: async () => (await import("./action.js")).abort,
  },
  pause: {
    summary: "start no further stage of a run",
    examples: [
      ["pause poems-k3x9ab", "lets the stages under way end, and starts no other"],
      ["pause poems-k3x9ab --json", "prints the result for a script"],
    ],
    load: async () => (await import("./pause.js")).pause,
  },
  unpause: {
    summary: "let a paused run continue",
    examples: [
      ["unpause poems-k3x9ab", "starts the stages that are ready"],
      ["unpause poems-k3x9ab --json", "prints the result for a script"],
    ],
    load: async () => (await import("./pause.js")).unpause,
  },
  schedule: {
    summary: "let the server start a pipeline at fixed times",
    examples: [
      ["schedule apply nightly", "creates the schedule that the pipeline describes, or updates it"],
      ["schedule trigger nightly", "starts one of its runs now; also: list, backfill, pause, resume and delete"],
    ],
    load: async () => (await import("./schedule.js")).schedule,
  },
  worker: {
    summary: "run stages for a Temporal server",
    examples: [
      ["worker --processes 2", "runs two CPU stages at a time for the server at TEMPORAL_ADDRESS"],
      ["worker --gpus 1", "runs GPU stages on one GPU"],
    ],
    load: async () => (await import("./worker.js")).worker,
  },
  up: {
    summary: "run the embedded server and a worker",
    examples: [
      ["up", "runs them until Ctrl-C"],
      ["up --stop", "stops those of this home directory"],
    ],
    load: async () => (await import("./up.js")).up,
  },
  verify: {
    summary: "prove that runs survive crashes",
    examples: [
      ["verify resume tiny --kills 20", "kills at random moments, and compares the results"],
      [
        "verify resume tiny --every-checkpoint --certificate proof.json",
        "kills at every checkpoint, and writes a certificate",
      ],
    ],
    load: async () => (await import("./verify.js")).verify,
  },
  explain: {
    summary: "explain an error code or a stage type",
    examples: [
      ["explain ARTIFACT_MISSING", "prints what an error means, and what to do"],
      ["explain pretrain", "prints the settings, outputs and metrics of a stage type"],
    ],
    load: async () => (await import("./explain.js")).explain,
  },
  gc: {
    summary: "remove what no run can reach from the store",
    examples: [
      ["gc --dry-run", "prints what would be removed, and why the rest stays"],
      ["gc --older 30d --keep 20", "also removes succeeded runs of more than 30 days, but for the newest 20 runs"],
    ],
    load: async () => (await import("./gc.js")).gc,
  },
  setup: {
    summary: "install native TensorFlow and Temporal for this machine",
    examples: [
      ["setup", "installs what npm does not; does nothing twice"],
      ["setup --json", "prints what is installed, for a script"],
    ],
    load: async () => (await import("./setup.js")).setup,
  },
  doctor: {
    summary: "check this machine",
    examples: [
      ["doctor", "prints what is installed and what is missing"],
      ["doctor --no-tensorflow", "skips loading TensorFlow, for a health check"],
    ],
    load: async () => (await import("./doctor.js")).doctor,
  },
};
