import type { Tokenizer } from "./tokenizer.js";

/** ChatML, the form that Qwen models use. */
export const chatTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/**
 * The conversation as text, as the Jinja template renders it. For people; a model reads
 * `encodeChats`.
 */
export function renderChat(messages: readonly ChatMessage[], options: { generationPrompt?: boolean } = {}): string {
  const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return turns.join("") + (options.generationPrompt === true ? "<|im_start|>assistant\n" : "");
}

/** A conversation as a model reads it. */
export interface EncodedChat {
  /** Token ids. */
  ids: number[];
  /**
   * 1 if the token is the assistant's: its words and the token that ends its turn. Same length as
   * ids.
   */
  response: Uint8Array;
}

/**
 * Encodes conversations. Equals encoding the rendered text with special tokens recognized, with two
 * exceptions: special tokens inside a message stay text, and a response always begins a new token,
 * as it does when it is generated.
 * @param options.generationPrompt ends each with `<|im_start|>assistant\n`, ready to be continued.
 */
export async function encodeChats(
  tokenizer: Tokenizer,
  chats: readonly (readonly ChatMessage[])[],
  options: { generationPrompt?: boolean } = {},
): Promise<EncodedChat[]> {
  const texts = new Set<string>(["\n", "assistant\n"]);
  for (const chat of chats) for (const message of chat) for (const text of messageTexts(message)) texts.add(text);
  const unique = [...texts];
  const encoded = await tokenizer.encodeBatch(unique);
  const encodedIds = new Map(unique.map((text, i) => [text, encoded[i]!]));
  return chats.map((chat) => {
    const builder = new ChatBuilder(tokenizer, encodedIds);
    for (const message of chat) builder.turn(message);
    if (options.generationPrompt === true) builder.begin("assistant\n");
    return builder.result();
  });
}

/**
 * The prompt of one question: the token ids of a user's turn and of the beginning of the response.
 */
export async function encodePrompts(tokenizer: Tokenizer, questions: readonly string[]): Promise<number[][]> {
  const chats = questions.map((content): ChatMessage[] => [{ role: "user", content }]);
  return (await encodeChats(tokenizer, chats, { generationPrompt: true })).map(({ ids }) => ids);
}

function messageTexts({ role, content }: ChatMessage): string[] {
  return role === "assistant" ? ["assistant\n", content] : [`${role}\n${content}`];
}

class ChatBuilder {
  private readonly ids: number[] = [];
  private readonly response: number[] = [];

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly encodedIds: ReadonlyMap<string, number[]>,
  ) {}

  turn(message: ChatMessage): void {
    const isResponse = message.role === "assistant" ? 1 : 0;
    const [head, response] = messageTexts(message);
    this.begin(head!);
    if (response !== undefined) this.push(this.encodedIds.get(response)!, 1);
    this.push([this.tokenizer.special.messageEnd], isResponse);
    this.push(this.encodedIds.get("\n")!, 0);
  }

  begin(head: string): void {
    this.push([this.tokenizer.special.messageStart], 0);
    this.push(this.encodedIds.get(head)!, 0);
  }

  result(): EncodedChat {
    return { ids: this.ids, response: Uint8Array.from(this.response) };
  }

  private push(ids: readonly number[], isResponse: 0 | 1): void {
    for (const id of ids) {
      this.ids.push(id);
      this.response.push(isResponse);
    }
  }
}
