import { isObject, type Json } from "../../platform/json.js";

/** A message of a conversation. */
export interface Message {
  role: "system" | "user" | "assistant" | "other";
  content: string;
}

/** What a message's two texts are called: who speaks, and what is said. Hugging Face's form, and ShareGPT's. */
export const messageKeys = [
  ["role", "content"],
  ["from", "value"],
] as const;

/** Names of the one who speaks, in both forms. */
const roles: Record<string, Message["role"]> = {
  system: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  model: "assistant",
};

/** A message as a list of either form holds it; undefined where one of its texts is missing. */
export function messageOf(value: Json): Message | undefined {
  if (!isObject(value)) return undefined;
  for (const [who, what] of messageKeys) {
    const [role, content] = [value[who], value[what]];
    if (typeof role === "string" && typeof content === "string")
      return { role: Object.hasOwn(roles, role) ? roles[role]! : "other", content };
  }
  return undefined;
}
