import type { ErrorCode, FailureClass } from "./errors.js";

/**
 * What an error means, and what to try: `pawl explain CODE` and docs/reference/errors.md print
 * both.
 */
export interface Explanation {
  meaning: string;
  fix: string;
}

/**
 * One explanation for every code. The error itself names the place; these texts say what all errors
 * of a code share.
 */
export const errorExplanations = {
  YAML_SYNTAX: {
    meaning:
      "The text is not valid YAML 1.2, is not UTF-8, holds several documents, or is nested more than 64 levels deep.",
    fix: "Check the marked place: most often a colon, a quote, a bracket or the indentation is wrong. Indent with spaces, not tabs.",
  },
  YAML_ALIAS_BOMB: {
    meaning: "The definition has more than 100,000 values once its aliases (*name) are expanded.",
    fix: "Use fewer nested aliases.",
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
    meaning: "A value has the wrong type, for example text instead of a number.",
    fix: "Write a value of the expected type. An expression with other text around it becomes text.",
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
    meaning: "A setting needs one kind of artifact or rows, and the expression refers to another kind.",
    fix: "Use an output of the expected kind. `pawl explain STAGE` prints a stage's outputs.",
  },
  CYCLE: {
    meaning: "Stages wait for each other, through `needs` or through the outputs that they use.",
    fix: "Remove one of the dependencies that the error lists.",
  },
  BAD_EXPRESSION: {
    meaning: "An expression `${{ … }}` cannot be parsed or evaluated, or exceeds the size limits.",
    fix: "Check the marked place. Put text in expressions in single quotes; docs/reference/language.md lists functions and operators.",
  },
  BARE_BRACES: {
    meaning: "`{{ … }}` without a dollar sign is not an expression.",
    fix: "Write `${{ … }}`. In an `if`, write the condition without braces.",
  },
  PATH_TRAVERSAL: {
    meaning:
      "A path leaves the directory that it is relative to, or names a place that definitions may not read or write.",
    fix: "Use a path below the project directory, without `..`, hidden directories, node_modules or the home directory.",
  },
  INPUT_INVALID: {
    meaning:
      "An input is unknown, is missing or does not match its schema; or the request that starts a run is malformed.",
    fix: "Set the input with `--input name=value`, in the type that `inputs` declares.",
  },
  PIPELINE_NOT_FOUND: {
    meaning: "No pipeline has this name, or its file cannot be read.",
    fix: "Name a file, or a pipeline in the directory pipelines/.",
  },
  PROJECT_NOT_FOUND: {
    meaning: "The worker cannot see the project directory that the run was started in.",
    fix: "Start a worker on a machine that has this directory at the same path, or start the run from a directory that the worker has.",
  },
  CODE_NOT_ALLOWED: {
    meaning: "A run that `pawl run` did not sign, or a file outside the project's code directories, would run code.",
    fix: "Start the run with `pawl run`, or put the file into stages/ or modules/. See docs/concepts/security.md.",
  },
  PLAN_TOO_LARGE: {
    meaning: "The compiled pipeline with its inputs does not fit into a workflow's history.",
    fix: "Move long texts out of the definition into files.",
  },
  DATA_MISSING: {
    meaning:
      "A source does not exist: no file matches, or the Hugging Face Hub or package index lacks it or denies access.",
    fix: "Check the name, the version and the path. For private data sets set HF_TOKEN.",
  },
  DATA_EMPTY: {
    meaning: "The data contain nothing that can be used: no rows, no text, or none that is long or short enough.",
    fix: "Check the query, `heldOut` and the length limits. The error says what was expected.",
  },
  DATA_INVALID: {
    meaning: "The data do not have the expected format or content; the error names the file and the row.",
    fix: "Fix the data, or set `format`, `columns` or `query` to match them.",
  },
  DATA_UNREADABLE: {
    meaning: "A source exists but cannot be read at the moment, for example because permission is denied.",
    fix: "Give the worker's user access. The stage is retried automatically.",
  },
  DATA_CHANGED: {
    meaning: "A file changed while a stage read it, so its digest and its content could differ.",
    fix: "Make sure that nothing writes to the sources during a run. The stage is retried automatically.",
  },
  QUERY_INVALID: {
    meaning: "DuckDB rejects the SQL query, or the query could return different rows each time it runs.",
    fix: "Fix the query at the place that the error shows. Replace now(), random() and the like with parameters.",
  },
  DOWNLOAD_FAILED: {
    meaning:
      "A download failed or was refused because of the network, the server, a redirect, the digest or the size limit.",
    fix: "Check the URL, the network and `sha256`. Transient failures are retried automatically.",
  },
  VOCABULARY_TOO_LARGE: {
    meaning: "The text has too few different tokens (parts of words) for `vocabularySize`.",
    fix: "Lower `vocabularySize`, or train the tokenizer on more text.",
  },
  TOKENIZER_MISMATCH: {
    meaning: "Tokens and models come from different tokenizers, or a tokenizer lacks a token that a stage needs.",
    fix: "Use outputs of one `tokenize` stage throughout.",
  },
  CONTEXT_EXCEEDED: {
    meaning: "Prompts or examples are longer than the model's context.",
    fix: "Raise `contextLength` (or use `extend-context`), lower `maxNewTokens`, or shorten the data.",
  },
  MODEL_INVALID: {
    meaning: "A model's files cannot be read, or its architecture is not supported.",
    fix: "Use a model that a Pawl stage wrote, or one with the Qwen3 layout in safetensors.",
  },
  MODULE_INVALID: {
    meaning:
      "One of your modules cannot be loaded: a file is missing, its syntax is wrong, or its imports are not known before it runs. Or it was to judge, and failed on every response.",
    fix: "Fix the module. Write its imports as literals, so that they are known before the module runs.",
  },
  STAGE_INVALID: {
    meaning:
      "A stage of your own cannot be loaded, does not accept its settings, or gives something else than it declares. Or an activity returned something else than metrics.",
    fix: "Correct its file: one stage by default export, made with defineStage, whose `run` returns all outputs and metrics.",
  },
  STAGE_REFUSED: {
    meaning:
      "A stage of your own threw a Refusal, or an activity of your worker failed and says that a retry is of no use.",
    fix: "Correct what its message says, in the settings or in the data.",
  },
  STAGE_FAILED: {
    meaning:
      "A stage of your own or an activity of your worker failed, or the stage's process ended before `run` returned.",
    fix: "Correct what its message says. The stage is retried automatically, from its newest checkpoint.",
  },
  COMMAND_NOT_FOUND: {
    meaning:
      "The program of a `command` stage cannot be started: it is not installed for the workers, or not executable.",
    fix: "Install it where the workers find it (PATH), or write `./NAME` for a file of the project.",
  },
  COMMAND_INVALID: {
    meaning:
      "The program of a `command` stage broke its contract: an output or metric is missing, or a checkpoint or an input is not as it must be. The same holds for a stage of your own that writes a link, or changes an artifact that it opened.",
    fix: "Correct the program as the error says. docs/guides/programs.md describes the contract on one page, docs/guides/own-stages.md that of your own stages.",
  },
  COMMAND_REFUSED: {
    meaning: "The program of a `command` stage ended with a code from 64 to 78 (but 75): a retry is of no use.",
    fix: "Correct what the program reports. `pawl logs RUN STAGE` names the file with all that it printed.",
  },
  COMMAND_FAILED: {
    meaning: "The program of a `command` stage ended with another code than 0, or by a signal.",
    fix: "Correct what the program reports. The stage is retried automatically, from its newest checkpoint.",
  },
  SECRET_MISSING: {
    meaning: "A program or a webhook needs a secret that the worker does not have.",
    fix: "Set PAWL_SECRET_NAME in the workers' environment, or write the file NAME in the directory PAWL_SECRETS.",
  },
  NOTIFICATION_FAILED: {
    meaning: "A webhook of `notify` could not be reached, or its server answered with an error that may pass.",
    fix: "Nothing, if a later attempt arrives; else check the address and the server. The run is not affected.",
  },
  NOTIFICATION_REFUSED: {
    meaning: "The server of a webhook of `notify` refused a notification.",
    fix: "Correct `url` or `body`. The run is not affected.",
  },
  TRACKER_FAILED: {
    meaning: "A tracker (MLflow, Weights & Biases, Trackio) could not be reached, or did not answer in time.",
    fix: "Nothing: the curves are sent once it works again. The run is not affected.",
  },
  TRACKER_REFUSED: {
    meaning: "A tracker refused the curves of a stage: its key is missing or wrong, or its package is not installed.",
    fix: "Correct what the message names, and restart the workers: they send what is missing. The run is not affected.",
  },
  RULE_TIMEOUT: {
    meaning: "A verifier or judge did not return within its time limit. Time never decides a score: the attempt fails.",
    fix: "Make the rule faster, or raise `timeLimitMs`. Step and memory limits, by contrast, do decide scores.",
  },
  LOSS_NOT_FINITE: {
    meaning: "The loss or a gradient became infinite or not a number.",
    fix: "Lower `learningRate`, raise `warmupSteps`, or check the data of the step that the error names.",
  },
  DIVERGED: {
    meaning: "The recent losses are more than ten times the first ones, or were still above them at the end.",
    fix: "Lower `learningRate` or raise `warmupSteps`. `pawl metrics RUN STAGE` prints the curve.",
  },
  NOT_CONVERGED: {
    meaning: "An iterative graph algorithm did not converge within the maximum number of iterations.",
    fix: "Raise `iterations` or `tolerance`, or remove this feature.",
  },
  TENSORFLOW_MISSING: {
    meaning: "Native TensorFlow, or the GPU that the stage requests, is not available in this worker.",
    fix: "Run `pawl doctor`. Install with `npm run setup` (`npx pawl setup` without a clone), or start a worker on a machine with a GPU.",
  },
  BACKEND_MISMATCH: {
    meaning: "A process would compute with another backend or other switches than the stage was planned with.",
    fix: "This is a bug in Pawl: please report it with the log.",
  },
  COMPUTE_FAILED: {
    meaning: "TensorFlow could not run a step: a tensor does not fit, or an operation is missing.",
    fix: "Please report it with the log, unless the error names your data as the cause.",
  },
  OUT_OF_MEMORY: {
    meaning: "Memory ran out on the machine or on the GPU.",
    fix: "Lower `batchSize` (and raise `accumulate`), set `recompute: true`, or use a smaller model. The stage is retried once by default.",
  },
  RESOURCES_EXHAUSTED: {
    meaning: "The system refused a resource, such as threads, open files or the query's share of memory.",
    fix: "Free the resource or make the query smaller. The stage is retried automatically.",
  },
  DISK_FULL: {
    meaning: "The disk with the home directory, the temporary directory or the export is full.",
    fix: "Free space on the disk that the error names. A stage, and a run that begins, wait for space, 10 minutes by default (`retry.diskWait`).",
  },
  STORE_UNREADABLE: {
    meaning: "The store in the home directory cannot be read or written at the moment.",
    fix: "Check the directory's permissions and the disk. The stage is retried automatically.",
  },
  ARTIFACT_MISSING: {
    meaning: "An artifact that a stage needs is no longer in the store.",
    fix: "Nothing: within a run, the stage that wrote it runs again. Otherwise, run the pipeline again.",
  },
  ARTIFACT_CORRUPT: {
    meaning: "An artifact's or a checkpoint's content does not match its digest.",
    fix: "Nothing: the stage that wrote it runs again, or an older checkpoint is used. If it happens often, check the disk.",
  },
  CHECKPOINT_MISMATCH: {
    meaning: "A checkpoint belongs to another computation or has the format of another version of Pawl.",
    fix: "Resume with the version of Pawl that wrote it. To start the stage from the beginning, remove the directory store/checkpoints/KEY in PAWL_HOME, or change a setting of the stage so that it gets another key.",
  },
  OTHER_STORE: {
    meaning: "A worker of another store received a task of this run. A run stays with the store that it began with.",
    fix: "Nothing, if a worker of the run's PAWL_HOME is running: it takes the run soon. Otherwise start one.",
  },
  OTHER_VERSION: {
    meaning:
      "A record in the store is whole, but has a form that this version of Pawl does not know. It stays unchanged.",
    fix: "Use the version of Pawl that wrote it, or a newer one. Both may share one PAWL_HOME.",
  },
  PREEMPTED: {
    meaning: "The worker was stopped, or another attempt of the stage has taken its place.",
    fix: "Nothing: the stage resumes from its last checkpoint in another worker process.",
  },
  WORKER_LOST: {
    meaning: "The worker process was killed, or sent no heartbeat for longer than `heartbeat` allows.",
    fix: "Nothing: the stage resumes from its last checkpoint. If it happens again, find out what kills the process.",
  },
  TICKET_INVALID: {
    meaning:
      "A worker was handed an attempt at a stage that the run's own process for workflows has not allowed exactly so: by another client of the server, by an earlier version, or with another key of PAWL_HOME.",
    fix: "Nothing, if it is a stage of a run: it is prepared again, twice. If it stays, check that all workers of the store have the same PAWL_HOME.",
  },
  WORKER_CRASHED: {
    meaning: "The worker process crashed in native code (SIGSEGV, SIGABRT).",
    fix: "The stage is retried twice. If it keeps crashing, report it with the log.",
  },
  STAGE_TIMEOUT: {
    meaning:
      "An attempt took longer than the stage's `timeout`. Or work with a fixed limit of one minute took longer: reading a stage's sources and earlier results, or running a brief stage. The error says which of the two.",
    fix: "For `timeout`: raise it; the next attempt resumes from the last checkpoint. For the fixed minute, `timeout` does not help: the stage is retried; if it fails again, check the load of the machine that runs workflows, and the disks of the stage's sources and of PAWL_HOME.",
  },
  SERVER_UNREACHABLE: {
    meaning: "The Temporal server does not answer or does not start.",
    fix: "Start it with `pawl up`, or check TEMPORAL_ADDRESS.",
  },
  PORT_TAKEN: {
    meaning: "Another program listens on the port that the server or its web UI needs.",
    fix: "Choose another port with --port or --ui-port, or stop the other program.",
  },
  REQUEST_REFUSED: {
    meaning:
      "The studio, or the proxy before Temporal's UI, refused a request: it came from another page, was for another host, or wanted to save a file without being the user who runs the studio.",
    fix: "Open the address that `pawl studio`, `pawl open` or `pawl up` prints.",
  },
  NO_SESSION: {
    meaning:
      "The studio shows data only to a page with a session. The page has none, or its session has ended: after seven days, with the studio's process, or by `pawl studio --revoke`.",
    fix: "On the machine of the studio, run `pawl studio` and open the address that it prints: it works once, for 15 minutes. With a link of your own (`--people`), open that again; links work for 30 days.",
  },
  RUN_NOT_FOUND: {
    meaning: "Neither the server nor the store knows this run.",
    fix: "`pawl list` shows the runs. For a run in another home directory, set PAWL_HOME.",
  },
  RUN_CANCELED: {
    meaning: "A script waits with `result()` for a run that was canceled.",
    fix: "Resume the run with `pawl resume RUN`, and wait for it again.",
  },
  CONCURRENCY_LIMIT: {
    meaning: "The run's concurrency group was full, and `concurrency.onLimit` is `fail`.",
    fix: "Start the run again when the others have ended, raise `limit`, or set `onLimit: queue`.",
  },
  RUN_NOT_RESUMABLE: {
    meaning: "The run cannot be resumed: it succeeded, is still running, or its record no longer exists.",
    fix: "Watch it (`pawl watch RUN`), or start the pipeline again: finished stages come from the cache.",
  },
  RUN_FILE_INVALID: {
    meaning: "A file that `pawl import` reads is truncated or changed, or `pawl export` did not write it.",
    fix: "Copy it again, or export the run again. An import that failed so has changed nothing.",
  },
  SCHEDULE_NOT_FOUND: {
    meaning: "The server knows no schedule of this name.",
    fix: "`pawl schedule list` prints the names of all schedules.",
  },
  STAGE_NOT_PARKED: {
    meaning: "The action retry, skip or abort was sent to a stage that is not parked.",
    fix: "`pawl status RUN` shows which stages are parked.",
  },
  STAGE_NOT_WAITING: {
    meaning: "A choice or an approval was sent to a stage that does not wait for it, or no longer does.",
    fix: "`pawl status RUN` shows which stages are waiting.",
  },
  ANSWER_OUTDATED: {
    meaning:
      "The answer is to something that has changed: the same person has answered elsewhere, or other responses are shown.",
    fix: "Load the page again, or run the command again, and answer what it shows now.",
  },
  APPROVAL_REFUSED: {
    meaning: "A person refused what a stage asked them to approve.",
    fix: "Change what was refused and fork the run, or resume the run to ask again.",
  },
  APPROVAL_EXPIRED: {
    meaning: "Nobody answered a stage's request for an approval before its deadline.",
    fix: "Resume the run to ask again: `pawl resume RUN`.",
  },
  CHILD_FAILED: {
    meaning: "The run of a child pipeline failed, was canceled, or was under way already.",
    fix: "See why with `pawl status CHILD`, correct it, and resume the parent: the child keeps its finished stages.",
  },
  SETUP_FAILED: {
    meaning: "Something that set-up installs is missing or could not be installed.",
    fix: "Run `npm run setup` again (`npx pawl setup` without a clone); the error names what is missing.",
  },
  INTERNAL: {
    meaning: "Pawl reached a state that should be impossible.",
    fix: "This is a bug in Pawl: please report it with the stack in the log. Other stages are not affected.",
  },
} as const satisfies Record<ErrorCode, Explanation>;

/** Whether, and how, a stage that failed with an error of a class is retried. */
export const retryRules = {
  configuration: "not retried: another attempt would fail in the same way",
  divergence: "not retried: another attempt would diverge again",
  internal: "not retried",
  io: "retried with growing waits, up to `retry.maxAttempts` attempts; progress resets the count",
  timeout: "retried from the last checkpoint, up to `retry.maxAttempts` attempts; progress resets the count",
  diskFull: "retried until the disk has been full for `retry.diskWait`",
  preempted:
    "retried immediately from the last checkpoint, up to `retry.on.preempted` times; progress resets the count",
  lost: "retried immediately from the last checkpoint, up to `retry.on.lost` times; progress resets the count",
  outOfMemory: "retried `retry.on.outOfMemory` times",
  crash: "retried twice; progress resets the count",
  ruleTimeout: "retried twice; progress resets the count",
} as const satisfies Record<FailureClass, string>;
