import type { JsonObject } from "../platform/json.js";

/** What a stage asks people before the run continues; small, for history. */
export interface ApprovalRequest {
  /** What is to be approved. */
  message: string;
  /** Fields to fill in by name, each a JSON Schema. */
  form: JsonObject;
  /** Names of those who may answer; empty: everyone. */
  approvers: readonly string[];
  /** The request expires after this time. */
  deadlineMs?: number;
}

/** A person's answer. */
export interface ApprovalAnswer {
  approved: boolean;
  /** Name of the user of the operating system who answered, as their command line reported it. */
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

/** What an attempt receives after its request has ended. */
export interface GivenAnswer {
  /** The message that was answered. */
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
