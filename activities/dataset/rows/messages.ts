import { isObject, type Json } from "../../../platform/json.js";

/** A message of a conversation. */
export interface Message {
  role: "system" | "user" | "assistant" | "other";
  content: string;
}

/** The keys of a message's two texts, speaker and content: Hugging Face's form, and ShareGPT's. */
export const messageKeys = [
  ["role", "content"],
  ["from", "value"],
] as const;

/** Names of the speakers, in both forms. */
const roles: Record<string, Message["role"]> = {
  system: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  model: "assistant",
};

/**
 * A message as a list of either form holds it; undefined if one of its texts is missing, or is not
 * only text. Text in parts, `[{"type": "text", "text": …}]`, is joined with a line end between the
 * parts.
 */
export function readMessage(value: Json): Message | undefined {
  if (!isObject(value)) return undefined;
  for (const [who, what] of messageKeys) {
    const [role, content] = [value[who], readText(value[what])];
    if (typeof role === "string" && content !== undefined)
      return { role: Object.hasOwn(roles, role) ? roles[role]! : "other", content };
  }
  return undefined;
}

function readText(content: Json | undefined): string | undefined {
  if (typeof content === "number" || typeof content === "boolean") return String(content);
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) => (isObject(part) && part["type"] === "text" ? part["text"] : undefined));
  return texts.every((text) => typeof text === "string") ? texts.join("\n") : undefined;
}
