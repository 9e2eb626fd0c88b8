import type { JsonObject } from "../platform/json.js";

/**
 * A stage's question to people before the run continues. Kept small because it is part of the
 * history.
 */
export interface ApprovalRequest {
  /** What is to be approved. */
  message: string;
  /** JSON Schemas of the fields to fill in, by name. */
  form: JsonObject;
  /** Names of the people who may answer. Empty means everyone. */
  approvers: readonly string[];
  /** The request expires after this time. */
  deadlineMs?: number;
}

/** A person's answer. */
export interface ApprovalAnswer {
  approved: boolean;
  /** Who answered: the operating system's user name, as reported by the command line. */
  by: string;
  /** Time of the answer, ISO 8601. */
  at: string;
  comment?: string;
  /** Values of the form, checked, defaults filled in. */
  answers: JsonObject;
}

/** A request, and how it ended. */
export interface ApprovalState extends ApprovalRequest {
  /** When it expires. */
  closesAtMs?: number;
  answer?: ApprovalAnswer;
  /** Nobody answered in time. */
  expired?: true;
}

/** The outcome of a request, as the next attempt receives it. */
export interface GivenAnswer {
  /** The message that the person answered. */
  message: string;
  answer?: ApprovalAnswer;
}

/** Name of the update on the workflow. */
export const approvalUpdate = "approve";

/** Its argument. */
export interface ApprovalUpdate {
  stage: string;
  approved: boolean;
  by: string;
  comment?: string;
  answers?: JsonObject;
}
