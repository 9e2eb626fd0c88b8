/** An environment variable that Pawl reads or sets. */
export interface EnvironmentVariable {
  /**
   * users: for commands and workers; maintainers: for tests and benches; internal: set by one
   * process of Pawl for another; programs: set for the programs of `command` stages.
   */
  of: "users" | "maintainers" | "internal" | "programs";
  meaning: string;
  /** The default. */
  standard?: string;
}

/**
 * All variables that Pawl's code uses. docs/reference/environment.md lists them, and a test
 * compares this table with the code.
 */
export const environmentVariables: Record<string, EnvironmentVariable> = {
  PAWL_HOME: {
    of: "users",
    meaning: "The home directory: store, runs, logs and the embedded server's database.",
    standard: "`.pawl` in the working directory",
  },
  PAWL_CACHE: {
    of: "users",
    meaning: "The directory where setup keeps its downloads, for all clones and projects.",
    standard: "`$XDG_CACHE_HOME/pawl`, else `~/.cache/pawl`",
  },
  PAWL_TENSORFLOW: {
    of: "users",
    meaning: "The TensorFlow build that setup installs: `cpu`, `cuda` or `none`.",
    standard: "`cuda` if there is an NVIDIA driver, else `cpu`",
  },
  CXXFLAGS: { of: "users", meaning: "Additional compiler options for the TensorFlow binding, during setup." },
  PAWL_THREADS: {
    of: "users",
    meaning:
      "The number of threads for one step of a stage. Results depend on it, so use the same value on machines that share a queue.",
    standard: "the number of processors of the machine that prepares the stage",
  },
  PAWL_LOG_LEVEL: {
    of: "users",
    meaning: "The lowest severity of messages in worker logs: `trace`, `debug`, `info`, `warn`, `error`, `fatal`.",
    standard: "`warn`",
  },
  PAWL_TENSORBOARD: {
    of: "users",
    meaning: "A directory where workers also write the curves of stages, as TensorBoard event files.",
    standard: "no event files",
  },
  PAWL_MLFLOW: {
    of: "users",
    meaning: "The address of an MLflow tracking server, to which workers also send the curves of stages.",
    standard: "not sent",
  },
  PAWL_WANDB: {
    of: "users",
    meaning: "A project of Weights & Biases, to which workers also send the curves of stages.",
    standard: "not sent",
  },
  PAWL_TRACKIO: {
    of: "users",
    meaning: "A project of Trackio, to which workers also write the curves of stages.",
    standard: "not written",
  },
  PAWL_TRACKER_PYTHON: {
    of: "users",
    meaning: "The Python that has the packages `mlflow`, `wandb` and `trackio`.",
    standard: "`python3`",
  },
  MLFLOW_EXPERIMENT_NAME: {
    of: "users",
    meaning: "The experiment of MLflow that gets the curves.",
    standard: "the pipeline's name",
  },
  MLFLOW_TRACKING_TOKEN: { of: "users", meaning: "The token for the MLflow server; can also be a workers' secret." },
  MLFLOW_TRACKING_USERNAME: {
    of: "users",
    meaning: "The user name for the MLflow server; can also be a workers' secret.",
  },
  MLFLOW_TRACKING_PASSWORD: {
    of: "users",
    meaning: "The password for the MLflow server; can also be a workers' secret.",
  },
  WANDB_API_KEY: {
    of: "users",
    meaning: "The key of Weights & Biases; can also be a workers' secret. Other variables of `wandb` apply as well.",
    standard: "curves are kept in files for `wandb sync`",
  },
  PAWL_ALLOW_INLINE_CODE: {
    of: "users",
    meaning: "`1` lets definitions that `pawl run` didn't sign run project code (docs/concepts/security.md).",
    standard: "not allowed",
  },
  PAWL_ALLOW_LOCAL_ADDRESSES: {
    of: "users",
    meaning:
      "`1` lets sources and webhooks reach the worker's own machine and its networks by any name or redirect, and link-local addresses.",
    standard: "not allowed",
  },
  PAWL_LARGEST_DOWNLOAD: { of: "users", meaning: "The maximum size of a download, in bytes.", standard: "200 GB" },
  PAWL_SECRETS: {
    of: "users",
    meaning: "A directory on the workers with one file per secret; programs get them as `secrets.NAME`.",
  },
  PAWL_SECRET_COMMAND: {
    of: "users",
    meaning: "A shell command on the workers that prints the secret whose name is its first argument.",
  },
  PAWL_SECRET_NAME: {
    of: "users",
    meaning: "The workers' secret NAME (any name); programs get it as `secrets.NAME`.",
  },
  TEMPORAL_ADDRESS: {
    of: "users",
    meaning:
      "The address of the Temporal server. The other variables of Temporal's clients (`TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`) apply as well.",
    standard: "the address in the profile of the Temporal CLI, else an embedded server",
  },
  TEMPORAL_UI_ADDRESS: { of: "users", meaning: "The address of Temporal's web UI, for the links that Pawl prints." },
  HF_TOKEN: { of: "users", meaning: "The access token of Hugging Face, for private data sets." },
  HF_ENDPOINT: {
    of: "users",
    meaning: "The URL of another server with the Hugging Face Hub's API.",
    standard: "the Hugging Face Hub",
  },
  NETRC: { of: "users", meaning: "The file with user names and passwords of servers.", standard: "`~/.netrc`" },
  PIP_INDEX_URL: {
    of: "users",
    meaning: "The index of Python packages for `pypi` sources and setup.",
    standard: "the index in pip's configuration",
  },
  CUDA_VISIBLE_DEVICES: { of: "users", meaning: "The GPUs that workers may use.", standard: "all" },
  XDG_CACHE_HOME: { of: "users", meaning: "The user's cache directory.", standard: "`~/.cache`" },
  NO_COLOR: { of: "users", meaning: "Any value: output without colors." },
  TERM: { of: "users", meaning: "`dumb`: output without colors." },
  TF_CPP_MIN_LOG_LEVEL: {
    of: "users",
    meaning: "The severity of TensorFlow's own messages: from `0` (all) to `3` (only errors that end the process).",
    standard: "`2`",
  },
  PAWL_INPUTS: { of: "programs", meaning: "A directory with one entry for each input of the stage." },
  PAWL_OUTPUTS: { of: "programs", meaning: "An empty directory for the outputs of the stage." },
  PAWL_CHECKPOINT_DIR: { of: "programs", meaning: "An empty directory for checkpoints." },
  PAWL_CHECKPOINT_SECONDS: { of: "programs", meaning: "How often to save a checkpoint, in seconds." },
  PAWL_RESUME: {
    of: "programs",
    meaning: "A directory with a copy of the newest checkpoint; not set if there is none.",
  },
  PAWL_RESUME_STEP: { of: "programs", meaning: "The number of that checkpoint." },
  PAWL_EVENTS: { of: "programs", meaning: "The number of the file descriptor for events." },
  PAWL_SEED: { of: "programs", meaning: "The seed of the stage." },
  PAWL_PYTHON: {
    of: "maintainers",
    meaning: "A Python with TRL, transformers, scikit-learn, reasoning-gym or temporalio, for tests that use them.",
    standard: "those tests use recorded values, or are skipped",
  },
  PAWL_TEST_SHUFFLE: { of: "maintainers", meaning: "A seed for the random order in which test files run." },
  UPDATE_CASES: {
    of: "maintainers",
    meaning: "`1` makes tests rewrite the compiler's golden cases and docs/reference/commands.md.",
  },
  PAWL_GRAPH_OPTIMIZER: {
    of: "internal",
    meaning: "`0` keeps TensorFlow from rewriting graphs before it compiles them (decision 0027).",
  },
  PAWL_BENCH_MEMORY: { of: "internal", meaning: "The file to which a measured process writes its memory usage." },
  PAWL_BENCH_TURN: { of: "internal", meaning: "Marks the processes of one turn of a bench." },
  PAWL_PROCESS: { of: "internal", meaning: "The name of a worker process." },
  PAWL_PROCESS_GPU: { of: "internal", meaning: "The GPU of a worker process." },
  PAWL_PROCESS_SERVER: { of: "internal", meaning: "The embedded server of a worker process." },
};
