/** An environment variable that Pawl reads. */
export interface EnvironmentVariable {
  /** users: of commands and workers; maintainers: of tests and benches; internal: one process of Pawl sets it for another. */
  of: "users" | "maintainers" | "internal";
  meaning: string;
  /** What holds where it is not set. */
  standard?: string;
}

/** Every variable that Pawl's own code reads: docs/reference/environment.md prints them, and a test compares them with the code. */
export const environmentVariables: Record<string, EnvironmentVariable> = {
  PAWL_HOME: {
    of: "users",
    meaning: "The home directory: store, runs, logs and the embedded server's database.",
    standard: "`.pawl` in the working directory",
  },
  PAWL_CACHE: {
    of: "users",
    meaning: "Where set-up keeps what it has fetched, for all clones.",
    standard: "`$XDG_CACHE_HOME/pawl`, else `~/.cache/pawl`",
  },
  PAWL_TENSORFLOW: {
    of: "users",
    meaning: "Which TensorFlow set-up installs: `cpu`, `cuda` or `none`.",
    standard: "`cuda` where an NVIDIA driver is found, else `cpu`",
  },
  CXXFLAGS: { of: "users", meaning: "Further options of the compiler for the TensorFlow binding, in set-up." },
  PAWL_THREADS: {
    of: "users",
    meaning: "Threads of one step of a stage. Results depend on it: set the same on machines that share a queue.",
    standard: "the processors of the machine that prepares the stage",
  },
  PAWL_LOG_LEVEL: {
    of: "users",
    meaning:
      "The least severe messages in the logs of worker processes: `trace`, `debug`, `info`, `warn`, `error`, `fatal`.",
    standard: "`warn`",
  },
  PAWL_ALLOW_INLINE_CODE: {
    of: "users",
    meaning: "`1` lets definitions that `pawl run` did not sign run code of the project (docs/security.md).",
    standard: "not allowed",
  },
  PAWL_ALLOW_LOCAL_ADDRESSES: {
    of: "users",
    meaning: "`1` lets sources name addresses of the worker's own machine and of its link (link-local).",
    standard: "not allowed",
  },
  PAWL_LARGEST_DOWNLOAD: { of: "users", meaning: "The largest download, in bytes.", standard: "200 GB" },
  TEMPORAL_ADDRESS: {
    of: "users",
    meaning:
      "The Temporal server. The other variables of Temporal's clients (`TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`) hold as well.",
    standard: "an embedded server",
  },
  TEMPORAL_UI_ADDRESS: { of: "users", meaning: "The address of Temporal's web UI, for the links that Pawl prints." },
  HF_TOKEN: { of: "users", meaning: "The access token of Hugging Face, for private data sets." },
  HF_ENDPOINT: {
    of: "users",
    meaning: "Another server with Hugging Face's interface.",
    standard: "Hugging Face's own",
  },
  NETRC: { of: "users", meaning: "The file with names and passwords for addresses.", standard: "`~/.netrc`" },
  PIP_INDEX_URL: {
    of: "users",
    meaning: "The index of Python packages for `pypi` sources and set-up.",
    standard: "what pip is configured with",
  },
  CUDA_VISIBLE_DEVICES: { of: "users", meaning: "The GPUs that workers may use.", standard: "all" },
  XDG_CACHE_HOME: { of: "users", meaning: "The user's cache directory.", standard: "`~/.cache`" },
  NO_COLOR: { of: "users", meaning: "Set to anything: output without colors." },
  TERM: { of: "users", meaning: "`dumb`: output without colors." },
  TF_CPP_MIN_LOG_LEVEL: {
    of: "users",
    meaning: "TensorFlow's own messages: `0` all to `3` errors that end the process.",
    standard: "`2`",
  },
  PAWL_PYTHON: {
    of: "maintainers",
    meaning: "A Python with TRL, transformers or reasoning-gym, for the tests that compare with them.",
    standard: "those tests use recorded values",
  },
  PAWL_TEST_SHUFFLE: { of: "maintainers", meaning: "A seed: test files run in an order drawn from it." },
  UPDATE_CASES: {
    of: "maintainers",
    meaning: "`1`: tests write the golden cases of the compiler, and docs/reference/commands.md, anew.",
  },
  PAWL_BENCH_MEMORY: { of: "internal", meaning: "The file that a measured process writes its memory to." },
  PAWL_BENCH_TURN: { of: "internal", meaning: "Marks the processes of one turn of a bench." },
  PAWL_PROCESS: { of: "internal", meaning: "The name of a worker process." },
  PAWL_PROCESS_GPU: { of: "internal", meaning: "The GPU of a worker process." },
};
