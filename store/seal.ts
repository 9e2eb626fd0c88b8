import { sha256 } from "../platform/digests.js";
import { isObject, type JsonObject } from "../platform/json.js";
import { canonicalJson } from "./canonical.js";

/** A record's text with its own digest in the field `seal`: whoever reads it can tell whether it is as it was written. */
export function sealed(record: object): string {
  const content = JSON.parse(JSON.stringify(record)) as JsonObject;
  return `${JSON.stringify({ ...content, seal: sha256(canonicalJson(content)) }, null, 1)}\n`;
}

/** The record of a text that `sealed` made; undefined where the text, or the record in it, is not as it was written. */
export function unsealed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (!isObject(value)) return undefined;
    const { seal, ...record } = value;
    return seal === sha256(canonicalJson(record)) ? record : undefined;
  } catch {
    return undefined;
  }
}
