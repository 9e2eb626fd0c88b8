/**
 * Messages of the studio's server to pages for people's choices and approvals: only types, sent as
 * JSON.
 */
import type { Json, JsonObject } from "../platform/json.js";
import type { Agreement } from "../schemas/agreement.js";
import type { Failure } from "./messages.js";

/** A choice by the side on which a response was shown. */
export type Side = "left" | "right" | "tie" | "bothBad";

/** A pair as one person sees it. */
export interface ShownPair {
  item: number;
  prompt: string;
  left: string;
  right: string;
  /** The person's earlier choice. */
  mine?: Side;
  note?: string;
}

/** A request for choices as one person sees it; the model behind a response is nowhere in it. */
export interface ChoiceView {
  run: string;
  stage: string;
  person: string;
  /** Whether the visitor's token shows that it is this person, who then has no other name. */
  isProved: boolean;
  /** Digest of the pairs, sent back with each choice. */
  pairs: string;
  items: number;
  /** Items at which enough people have chosen, and how many must be for the stage to resume. */
  chosen: number;
  target: number;
  /** People who choose at each item before it counts. */
  people: number;
  /** Items at which this person has chosen. */
  mine: number;
  /** People who have chosen so far. */
  present: number;
  closesAtMs?: number;
  isClosed: boolean;
  /** Whether the last choices gave nothing to learn from. */
  isInsufficient?: true;
  /** Absent once the person has chosen everywhere, or if the request is closed. */
  shown?: ShownPair;
  /** Present only if requested, or if the request is closed. */
  agreement?: Agreement & { own: { choices: number; same: number } };
}

/** A field of a form. */
export interface FormField {
  name: string;
  kind: "text" | "number" | "integer" | "boolean" | "options" | "json";
  description?: string;
  isRequired: boolean;
  /** Of `options`. */
  options?: Json[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: Json;
}

/** What a stage asks to approve. */
export interface ApprovalView {
  run: string;
  stage: string;
  person: string;
  /** Whether the visitor's token shows that it is this person, who then has no other name. */
  isProved: boolean;
  message: string;
  fields: FormField[];
  approvers: readonly string[];
  mayAnswer: boolean;
  closesAtMs?: number;
  /** When the question was asked. The answer must repeat it. */
  sinceMs?: number;
}

/** A parked stage: why, and its settings. */
export interface ParkedView {
  run: string;
  stage: string;
  uses: string;
  attempts: number;
  failure?: Failure;
  reason?: string;
  /** As the definition and earlier changes have them; expressions are not evaluated. */
  settings: JsonObject;
  /** Of the settings; empty if their schema is not known (a stage of the project's own). */
  fields: FormField[];
  /** The setting that the error names. */
  field?: string;
}

/** A line of a chat: what a model's process prints, after the line that opens the chat. */
export type ChatEvent =
  | { event: "open"; chat: string }
  | { event: "ready"; stage: string; about: string }
  | { event: "text"; stage: string; text: string }
  | {
      event?: undefined;
      stage: string;
      text: string;
      prompt: string;
      tokens: number;
      tokensPerSecond: number;
      reason: string;
    }
  /** The next model in the order of the stages could not respond. */
  | { event?: undefined; error: Failure }
  | { event: "failed"; failure: Failure };
