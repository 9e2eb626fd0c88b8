import { encodeChats } from "../../../lm/text/chat.js";
import { Conversation, type ConversationSettings } from "../../../lm/decode/conversation.js";
import { DecodingSession } from "../../../lm/decode/decoding-session.js";
import { generate } from "../../../lm/decode/generate.js";
import type { SamplingSettings } from "../../../lm/decode/sampling.js";
import { initialize } from "../../../lm/model/initialize.js";
import { resolveArchitecture } from "../../../lm/model/architecture.js";
import { tokenizerJson } from "../../../lm/text/tokenizer-files.js";
import { Tokenizer } from "../../../lm/text/tokenizer.js";
import { loadTensorFlow } from "../support.js";

const layout = { layers: 1, hiddenSize: 16, heads: 2, contextLength: 120, ropeTheta: 10000, tieEmbeddings: true };
const greedy: SamplingSettings = { temperature: 0, topK: 0, topP: 1 };
const settings: ConversationSettings = {
  maxNewTokens: 8,
  stop: [],
  seed: 1,
  chat: true,
};
let tokenizer: Tokenizer;
const made: DecodingSession[] = [];
let sessionOf: (sampling?: Partial<SamplingSettings>) => DecodingSession;
beforeAll(async () => {
  // Without XLA: compiling would take longer than running.
  await loadTensorFlow();
  tokenizer = await Tokenizer.fromJson(tokenizerJson([]));
  const a = resolveArchitecture(layout, tokenizer.vocabularySize);
  const weights = initialize(a, 3);
  sessionOf = (changes = {}) => {
    const sampling = { ...greedy, ...changes };
    const session = new DecodingSession(a, weights, { rows: 1, tokens: 120, sampling, steps: 0, reuse: true });
    made.push(session);
    return session;
  };
});
afterAll(() => made.forEach((session) => session.dispose()));

function talking({
  sampling,
  ...changes
}: Partial<ConversationSettings> & { sampling?: Partial<SamplingSettings> } = {}) {
  const { special } = tokenizer;
  const tokens = { stop: [special.messageEnd, special.endOfText], endOfText: special.endOfText };
  const conversation = new Conversation(sessionOf(sampling), tokenizer, tokens, { ...settings, ...changes });
  const ask = async (question: string, signal?: AbortSignal) => {
    const pieces: string[] = [];
    const speech = await conversation.ask(question, (text) => pieces.push(text), signal);
    expect(pieces.join("")).toBe(speech.text);
    return { ...speech, pieces };
  };
  return { ask };
}

test("a turn reads only what is new, and is what a fresh session says to the whole conversation", async () => {
  const { ask } = talking();
  const first = await ask("Hi");
  const opening = await encodeChats(tokenizer, [[{ role: "user", content: "Hi" }]], { generationPrompt: true });
  expect(first).toMatchObject({ read: opening[0]!.ids.length - 1, tokens: 8, reason: "length", forgotten: 0 });
  const second = await ask("And?");

  const fresh = sessionOf();
  const stop = [tokenizer.special.messageEnd, tokenizer.special.endOfText];
  const respondTo = async (prompt: number[]) =>
    (await generate(fresh, [{ tokens: prompt, number: 0 }], { ...settings, stop }, async () => {}))[0]!.tokens;
  const response = await respondTo(opening[0]!.ids);
  const [next] = await encodeChats(tokenizer, [[{ role: "user", content: "And?" }]], { generationPrompt: true });
  const ended = [tokenizer.special.messageEnd, ...(await tokenizer.encode("\n"))];
  const whole = [...opening[0]!.ids, ...response, ...ended, ...next!.ids];
  expect(second.text).toBe(await tokenizer.decode(await respondTo(whole)));
  // All but the answer's last token, which was never read, and the prompt's, which is read with the
  // answer.
  expect(second.read).toBe(1 + ended.length + next!.ids.length - 1);
});

test("single turns: a question has the response it would have first", async () => {
  const { ask } = talking({ singleTurn: true });
  await ask("Hi");
  const { text, forgotten } = await ask("And?");
  expect(text).toBe((await talking().ask("And?")).text);
  expect(forgotten).toBe(0);
});

test("the oldest turns are forgotten where there is no room, and told", async () => {
  const { ask } = talking();
  const forgotten = [];
  for (let i = 0; i < 4; i++) forgotten.push((await ask("Tell me more of it")).forgotten);
  expect(forgotten.slice(0, 2)).toEqual([0, 0]);
  expect(forgotten.slice(2).reduce((a, b) => a + b)).toBeGreaterThan(0);
});

test("text is continued, and nothing remembered, without the template", async () => {
  const { ask } = talking({ chat: false });
  const first = await ask("The pawl");
  expect(first.read).toBe("The pawl".length);
  expect(await ask("The pawl")).toMatchObject({ text: first.text, read: 0 });
});

test("an answer is stopped by a signal, and by a stop sequence, before which its text ends", async () => {
  const free = await talking().ask("Hi");
  const stop = free.text.slice(2, 4);
  const stopped = await talking({ stop: ["never", stop] }).ask("Hi");
  expect(stopped).toMatchObject({ reason: "stop", stop, text: free.text.slice(0, free.text.indexOf(stop)) });
  const signal = AbortSignal.abort();
  expect(await talking().ask("Hi", signal)).toMatchObject({ reason: "interrupted", tokens: 1 });
});

test("what is empty or longer than the context is refused, and the conversation continues", async () => {
  const { ask } = talking();
  await expect(ask(" ")).rejects.toMatchObject({ code: "DATA_EMPTY" });
  await expect(ask("x".repeat(200))).rejects.toMatchObject({ code: "CONTEXT_EXCEEDED" });
  expect((await ask("Hi")).tokens).toBe(8);
});

test("sampled responses depend on the seed and the turn", async () => {
  const sampling = { temperature: 1, minP: 0.01, topK: 100, repetitionPenalty: 1.1 };
  const { ask } = talking({ sampling, chat: false });
  const [one, two] = [await ask("Hi"), await ask("Hi")];
  expect(two.text).not.toBe(one.text);
  expect((await talking({ sampling, chat: false }).ask("Hi")).text).toBe(one.text);
});
