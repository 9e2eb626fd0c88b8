import type { ErrorCode, FailureClass } from "./errors.js";

/** What an error means, and what to try: `pawl explain CODE` and docs/reference/errors.md print both. */
export interface Explanation {
  meaning: string;
  fix: string;
}

/** One explanation for every code. The error itself names the place; these texts say what all errors of the code share. */
export const errorExplanations = {
  YAML_SYNTAX: {
    meaning: "The text is not valid YAML 1.2, holds several documents, or is nested more than 64 levels deep.",
    fix: "Look at the marked place: most often a colon, a quote, a bracket or the indentation is wrong. Tabs cannot indent.",
  },
  YAML_ALIAS_BOMB: {
    meaning: "The definition has more than 100,000 values once its aliases (*name) are written out.",
    fix: "Use fewer aliases inside one another.",
  },
  FILE_NOT_FOUND: {
    meaning: "A file or directory that the command needs does not exist.",
    fix: "Check the path. Relative paths start at the working directory.",
  },
  FILE_TOO_LARGE: {
    meaning: "A pipeline definition or a query file is larger than 1 MiB.",
    fix: "Move data out of the definition into files, and name them in `source`.",
  },
  UNKNOWN_KEY: {
    meaning: "A key, verb or option does not exist.",
    fix: "Use the name that the error proposes, or one of those that it lists. `pawl explain STAGE` prints a stage's settings.",
  },
  MISSING_KEY: {
    meaning: "A required key or argument is missing.",
    fix: "Add it. `pawl explain STAGE` prints which settings a stage requires.",
  },
  DUPLICATE_KEY: {
    meaning: "A mapping has the same key twice, so that one of the two values would be lost.",
    fix: "Remove or rename one of them.",
  },
  WRONG_TYPE: {
    meaning: "A value has another type than the setting needs, for example text where a number belongs.",
    fix: "Write a value of the expected type. An expression beside other text gives text.",
  },
  OUT_OF_RANGE: {
    meaning: "A number, a length or a combination of settings is outside its limits.",
    fix: "Choose a value within the limits that the error prints.",
  },
  NOT_ALLOWED: {
    meaning: "A value, or a combination of values, is not allowed here.",
    fix: "Choose one of the values that the error lists, or remove one of the two settings that exclude each other.",
  },
  UNKNOWN_STAGE_TYPE: {
    meaning: "`uses` names a stage type that does not exist.",
    fix: "Use one of the listed stage types.",
  },
  UNKNOWN_REFERENCE: {
    meaning: "An expression names an input, a stage, an output, a metric or a query parameter that does not exist.",
    fix: "Use one of the listed names, or declare the missing one.",
  },
  WRONG_ARTIFACT: {
    meaning: "A setting needs an artifact of one kind, and the expression gives one of another kind.",
    fix: "Use an output of the expected kind. `pawl explain STAGE` prints a stage's outputs.",
  },
  CYCLE: {
    meaning: "Stages wait for each other, through `needs` or through the outputs that they use.",
    fix: "Remove one of the dependencies that the error lists.",
  },
  BAD_EXPRESSION: {
    meaning: "An expression `${{ … }}` cannot be parsed or evaluated, or exceeds the limits of its size.",
    fix: "Look at the marked place. Text in expressions is in single quotes; docs/reference/language.md lists functions and operators.",
  },
  BARE_BRACES: {
    meaning: "`{{ … }}` stands without a dollar sign, which is not an expression.",
    fix: "Write `${{ … }}`. In an `if`, write the condition without braces.",
  },
  PATH_TRAVERSAL: {
    meaning:
      "A path leaves the directory that it is relative to, or names a place that definitions may not read or write.",
    fix: "Use a path below the project's directory, without `..`, hidden directories, node_modules or the Pawl home.",
  },
  INPUT_INVALID: {
    meaning:
      "An input is unknown, missing or does not match its schema; or a run was started with a request that is none.",
    fix: "Give the input as `--input name=value`, of the type that `inputs` declares.",
  },
  PIPELINE_NOT_FOUND: {
    meaning: "No pipeline has this name, or its file cannot be read.",
    fix: "Name a file, or a pipeline in the directory pipelines/.",
  },
  PROJECT_NOT_FOUND: {
    meaning: "The worker cannot see the project directory that the run was started in.",
    fix: "Start a worker on a machine that has this directory at the same path, or start the run from a directory that it has.",
  },
  CODE_NOT_ALLOWED: {
    meaning:
      "A run that `pawl run` did not sign, or a file outside the project's directories for code, would run code.",
    fix: "Start the run with `pawl run`, or put the file into stages/ or modules/. See docs/concepts/security.md.",
  },
  PLAN_TOO_LARGE: {
    meaning: "The compiled pipeline with its inputs does not fit into a workflow's history.",
    fix: "Move long texts out of the definition into files.",
  },
  DATA_MISSING: {
    meaning:
      "A source does not exist: no file matches, or a hub or index has no such package or data set, or gives no access.",
    fix: "Check the name, the version and the path. For private data sets set HF_TOKEN.",
  },
  DATA_EMPTY: {
    meaning: "Data were read, but nothing in them can be used: no rows, no text, or none that is long or short enough.",
    fix: "Check the query, `heldOut` and the limits of length. The error says what was looked for.",
  },
  DATA_INVALID: {
    meaning: "Data do not have the format or the content that they should have; the error names the file and the row.",
    fix: "Correct the data, or set `format`, `columns` or `query` so that they are read as they are.",
  },
  DATA_UNREADABLE: {
    meaning: "A source exists but cannot be read at the moment, for example for want of permission.",
    fix: "Give the worker's user access. The stage is retried automatically.",
  },
  DATA_CHANGED: {
    meaning: "A file was changed while a stage read it, so that its digest and its content could differ.",
    fix: "Let nothing write to the sources of a run. The stage is retried automatically.",
  },
  QUERY_INVALID: {
    meaning: "DuckDB refuses the SQL query, or the query could give other rows each time it runs.",
    fix: "Correct the query at the place that the error shows. Replace now(), random() and the like by parameters.",
  },
  DOWNLOAD_FAILED: {
    meaning: "A download failed or was refused: the network, the server, a redirect, the digest or the size limit.",
    fix: "Check address, network and `sha256`. What may pass is tried again.",
  },
  VOCABULARY_TOO_LARGE: {
    meaning: "The text holds fewer different parts of words than `vocabularySize` asks for.",
    fix: "Lower `vocabularySize`, or train the tokenizer on more text.",
  },
  TOKENIZER_MISMATCH: {
    meaning: "Tokens, model or models come from different tokenizers, or a tokenizer lacks what a stage needs.",
    fix: "Use outputs of one `tokenize` stage throughout.",
  },
  CONTEXT_EXCEEDED: {
    meaning: "Prompts or examples are longer than the model's context.",
    fix: "Raise `contextLength` (or use `extend-context`), lower `maxNewTokens`, or shorten the data.",
  },
  MODEL_INVALID: {
    meaning: "A model's files cannot be read, or its architecture is not supported here.",
    fix: "Use a model that a Pawl stage made, or one with the Qwen3 layout in safetensors.",
  },
  MODULE_INVALID: {
    meaning:
      "A module of your own cannot be loaded: a missing file, a syntax error, or imports that are unknown before it runs.",
    fix: "Correct the module. It names its imports literally, so that they are known before it runs.",
  },
  RULE_TIMEOUT: {
    meaning:
      "A verifier or judge did not answer within its time limit. The time never decides a score; the attempt failed.",
    fix: "Make the rule faster, or raise `timeLimitMs`. Limits of steps and memory do decide scores.",
  },
  LOSS_NOT_FINITE: {
    meaning: "The loss or a gradient became infinite or not a number.",
    fix: "Lower `learningRate`, raise `warmupSteps`, or look at the data of the step that the error names.",
  },
  DIVERGED: {
    meaning: "The recent losses are more than ten times those of the start, or were still above them at the end.",
    fix: "Lower `learningRate` or raise `warmupSteps`. `pawl metrics RUN STAGE` prints the curve.",
  },
  NOT_CONVERGED: {
    meaning: "An iterative graph algorithm did not settle within its maximum of iterations.",
    fix: "Raise the iterations or the tolerance, or leave this feature out.",
  },
  TENSORFLOW_MISSING: {
    meaning: "Native TensorFlow, or the GPU that the stage asks for, is not available in this worker.",
    fix: "Run `pawl doctor`. Install with `npm run setup`, or start a worker on a machine with a GPU.",
  },
  BACKEND_MISMATCH: {
    meaning: "A process would compute with another backend or other switches than the stage was planned with.",
    fix: "This is a defect of Pawl: please report it with the log.",
  },
  COMPUTE_FAILED: {
    meaning: "TensorFlow could not run a step: a tensor does not fit, or an operation is missing.",
    fix: "Please report it with the log, unless the error names data that are at fault.",
  },
  OUT_OF_MEMORY: {
    meaning: "Memory of the machine or of the GPU ran out.",
    fix: "Lower `batchSize` (and raise `accumulate`), set `recompute: true`, or use a smaller model. It is tried again once.",
  },
  RESOURCES_EXHAUSTED: {
    meaning: "The system refused a resource, such as threads, open files or the query's share of memory.",
    fix: "Free the resource or make the query smaller. The stage is retried automatically.",
  },
  DISK_FULL: {
    meaning: "The disk with the Pawl home, the temporary directory or the export is full.",
    fix: "Free space on the disk that the error names. The stage waits for it, 10 minutes by default (`retry.diskWait`).",
  },
  STORE_UNREADABLE: {
    meaning: "The store in the Pawl home cannot be read or written at the moment.",
    fix: "Check the directory's permissions and the disk. The stage is retried automatically.",
  },
  ARTIFACT_MISSING: {
    meaning: "An artifact that a stage needs is no longer in the store.",
    fix: "Nothing: within a run the stage that made it makes it again. Otherwise run the pipeline again.",
  },
  ARTIFACT_CORRUPT: {
    meaning: "An artifact's or a checkpoint's content does not match its digest.",
    fix: "Nothing: it is made again, or an older checkpoint is used. If it happens often, check the disk.",
  },
  CHECKPOINT_MISMATCH: {
    meaning: "A checkpoint belongs to another computation or has the format of another version.",
    fix: "Resume with the version of Pawl that wrote it, or set `cache: false` to start the stage from the beginning.",
  },
  OTHER_STORE: {
    meaning: "A worker of another store got a task of this run; a run belongs to the store that it began with.",
    fix: "Start the worker with the PAWL_HOME of the run.",
  },
  PREEMPTED: {
    meaning: "The worker was stopped, or another attempt of the stage has taken its place.",
    fix: "Nothing: the stage resumes from its last checkpoint in another worker process.",
  },
  WORKER_LOST: {
    meaning: "The worker process was killed, or sent no heartbeat for longer than `heartbeat` allows.",
    fix: "Nothing: the stage resumes from its last checkpoint. If it repeats, look for what kills the process.",
  },
  WORKER_CRASHED: {
    meaning: "The worker process ended by a fault in native code (SIGSEGV, SIGABRT).",
    fix: "It is tried again twice. If it repeats, report it with the log.",
  },
  STAGE_TIMEOUT: {
    meaning: "An attempt took longer than the stage's `timeout`.",
    fix: "Raise `timeout`. The next attempt resumes from the last checkpoint.",
  },
  SERVER_UNREACHABLE: {
    meaning: "The Temporal server does not answer or does not start.",
    fix: "Start it with `pawl up`, or check TEMPORAL_ADDRESS.",
  },
  PORT_TAKEN: {
    meaning: "Another program listens on the port that the server or its page was to use.",
    fix: "Choose another port with --port or --ui-port, or end the other program.",
  },
  RUN_NOT_FOUND: {
    meaning: "Neither the server nor the store knows this run.",
    fix: "`pawl list` shows the runs. A run of another home needs its PAWL_HOME.",
  },
  RUN_NOT_RESUMABLE: {
    meaning: "The run cannot be resumed: it succeeded, is still under way, or its record no longer exists.",
    fix: "Watch it (`pawl watch RUN`), or start the pipeline again: finished stages come from the cache.",
  },
  STAGE_NOT_PARKED: {
    meaning: "The action retry, skip or abort was sent to a stage that is not parked.",
    fix: "`pawl status RUN` shows which stages are parked.",
  },
  STAGE_NOT_WAITING: {
    meaning: "A choice was sent to a stage that does not wait for choices, or no longer does.",
    fix: "`pawl status RUN` shows which stages are waiting.",
  },
  SETUP_FAILED: {
    meaning: "Something that set-up installs is missing or could not be installed.",
    fix: "Run `npm run setup` again; the error names what is missing.",
  },
  INTERNAL: {
    meaning: "Pawl met a state that it believed impossible.",
    fix: "This is a defect of Pawl: please report it with the stack in the log. Other stages are not affected.",
  },
} as const satisfies Record<ErrorCode, Explanation>;

/** Whether, and how, a stage that failed with an error of a class is tried again. */
export const retryRules = {
  configuration: "not retried: the same attempt would fail in the same way",
  divergence: "not retried: the same attempt would diverge again",
  internal: "not retried",
  io: "retried with growing waits, `retry.maxAttempts` attempts without progress between them",
  timeout: "retried from the last checkpoint, `retry.maxAttempts` attempts without progress between them",
  diskFull: "retried until the disk has been full for `retry.diskWait`",
  preempted: "retried immediately from the last checkpoint, `retry.on.preempted` times without progress between them",
  lost: "retried immediately from the last checkpoint, `retry.on.lost` times without progress between them",
  outOfMemory: "retried `retry.on.outOfMemory` times",
  crash: "retried twice without progress between the attempts",
  ruleTimeout: "retried twice without progress between the attempts",
} as const satisfies Record<FailureClass, string>;
