/**
 * How the interpreter treats a failure. configuration, divergence, internal: never retried. io,
 * lost, preempted, timeout: retried from the checkpoint. diskFull: retried for a while.
 * outOfMemory, crash, ruleTimeout: retried within small separate budgets.
 */
export type FailureClass =
  | "configuration"
  | "divergence"
  | "io"
  | "diskFull"
  | "preempted"
  | "lost"
  | "crash"
  | "timeout"
  | "ruleTimeout"
  | "outOfMemory"
  | "internal";

/**
 * The closed list of error codes. A code's class says whether a stage that fails with it is
 * retried.
 */
export const errorCodes = {
  // the language
  YAML_SYNTAX: "configuration",
  YAML_ALIAS_BOMB: "configuration",
  FILE_NOT_FOUND: "configuration",
  FILE_TOO_LARGE: "configuration",
  UNKNOWN_KEY: "configuration",
  MISSING_KEY: "configuration",
  DUPLICATE_KEY: "configuration",
  WRONG_TYPE: "configuration",
  OUT_OF_RANGE: "configuration",
  NOT_ALLOWED: "configuration",
  UNKNOWN_STAGE_TYPE: "configuration",
  UNKNOWN_REFERENCE: "configuration",
  WRONG_ARTIFACT: "configuration",
  CYCLE: "configuration",
  BAD_EXPRESSION: "configuration",
  BARE_BRACES: "configuration",
  PATH_TRAVERSAL: "configuration",
  INPUT_INVALID: "configuration",
  PIPELINE_NOT_FOUND: "configuration",
  PROJECT_NOT_FOUND: "configuration",
  CODE_NOT_ALLOWED: "configuration",
  PLAN_TOO_LARGE: "configuration",
  // stages
  DATA_MISSING: "configuration",
  DATA_EMPTY: "configuration",
  DATA_INVALID: "configuration",
  DATA_UNREADABLE: "io",
  DATA_CHANGED: "io",
  QUERY_INVALID: "configuration",
  DOWNLOAD_FAILED: "io",
  VOCABULARY_TOO_LARGE: "configuration",
  TOKENIZER_MISMATCH: "configuration",
  CONTEXT_EXCEEDED: "configuration",
  MODEL_INVALID: "configuration",
  MODULE_INVALID: "configuration",
  STAGE_INVALID: "configuration",
  STAGE_REFUSED: "configuration",
  STAGE_FAILED: "io",
  COMMAND_NOT_FOUND: "configuration",
  COMMAND_INVALID: "configuration",
  COMMAND_REFUSED: "configuration",
  COMMAND_FAILED: "io",
  SECRET_MISSING: "configuration",
  RULE_TIMEOUT: "ruleTimeout",
  LOSS_NOT_FINITE: "divergence",
  DIVERGED: "divergence",
  NOT_CONVERGED: "divergence",
  // compute
  TENSORFLOW_MISSING: "configuration",
  BACKEND_MISMATCH: "internal",
  COMPUTE_FAILED: "internal",
  OUT_OF_MEMORY: "outOfMemory",
  RESOURCES_EXHAUSTED: "io",
  // store
  DISK_FULL: "diskFull",
  STORE_UNREADABLE: "io",
  ARTIFACT_MISSING: "io",
  ARTIFACT_CORRUPT: "io",
  CHECKPOINT_MISMATCH: "configuration",
  OTHER_STORE: "configuration",
  OTHER_VERSION: "configuration",
  // notifications
  NOTIFICATION_FAILED: "io",
  NOTIFICATION_REFUSED: "configuration",
  TRACKER_FAILED: "io",
  TRACKER_REFUSED: "configuration",
  // workers and server
  PREEMPTED: "preempted",
  WORKER_LOST: "lost",
  WORKER_CRASHED: "crash",
  TICKET_INVALID: "crash",
  STAGE_TIMEOUT: "timeout",
  SERVER_UNREACHABLE: "io",
  PORT_TAKEN: "configuration",
  REQUEST_REFUSED: "configuration",
  NO_SESSION: "configuration",
  RUN_NOT_FOUND: "configuration",
  RUN_CANCELED: "configuration",
  CONCURRENCY_LIMIT: "configuration",
  RUN_NOT_RESUMABLE: "configuration",
  RUN_FILE_INVALID: "configuration",
  SCHEDULE_NOT_FOUND: "configuration",
  STAGE_NOT_PARKED: "configuration",
  STAGE_NOT_WAITING: "configuration",
  ANSWER_OUTDATED: "configuration",
  APPROVAL_REFUSED: "configuration",
  APPROVAL_EXPIRED: "configuration",
  CHILD_FAILED: "configuration",
  SETUP_FAILED: "configuration",
  INTERNAL: "internal",
} as const satisfies Record<string, FailureClass>;

export type ErrorCode = keyof typeof errorCodes;

/** What an error says in addition to its message; every field is shown to the user. */
export interface ErrorFacts {
  /** `file:line:column`, a stage id, a path inside `with`, or a file. */
  where?: string;
  expected?: string;
  got?: string;
  /** What to do next: a command to type or a thing to change. */
  next?: string;
  /** Digest of the artifact that is damaged or missing: the stage that wrote it runs again. */
  artifact?: string;
}

/**
 * The only error class of Pawl. It has a code from the closed list and says where, what was
 * expected, what came instead, and what to do next.
 */
export class PawlError extends Error {
  override readonly name = "PawlError";
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.facts = facts;
  }
}

/**
 * Maximum length of a failure's message in workflow history, and of each of its facts, UTF-16 code
 * units.
 */
const maxMessageLength = 4000;
const maxFactLength = 1000;

/** Cuts a text to at most `longest` code units; a marker at the end gives the full length. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const mark = ` … (${text.length} characters)`;
  return `${text.slice(0, Math.max(0, longest - mark.length))}${mark}`;
}

/** Shortens a failure's texts so that it fits into the workflow's history. */
export function cutFailure<F extends { message: string; facts: ErrorFacts }>(
  failure: F,
  longest = maxMessageLength,
): F {
  const facts = Object.entries(failure.facts as Record<string, string>).map(([name, text]) => [
    name,
    cutText(String(text), Math.min(longest, maxFactLength)),
  ]);
  return { ...failure, message: cutText(failure.message, longest), facts: Object.fromEntries(facts) as ErrorFacts };
}
