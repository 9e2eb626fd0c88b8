import { sha256 } from "../../platform/digests.js";
import { isObject, type JsonObject } from "../../platform/json.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";

/**
 * A record's text with its own digest in the field `seal`: a reader can tell whether it is
 * unchanged.
 */
export function sealed(record: object): string {
  const content = JSON.parse(JSON.stringify(record)) as JsonObject;
  return `${JSON.stringify({ ...content, seal: sha256(canonicalJson(content)) }, null, 1)}\n`;
}

/**
 * The record of a text that `sealed` made; undefined if the text, or the record in it, was changed.
 */
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
