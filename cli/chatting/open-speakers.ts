import { readModelDirectory, usesChatTemplate } from "../../activities/models/model.js";
import { parameterCount } from "../../lm/model/architecture.js";
import { Conversation, type ConversationSettings } from "../../lm/decode/conversation.js";
import { DecodingSession } from "../../lm/decode/decoding-session.js";
import type { SamplingSettings } from "../../lm/decode/sampling.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";
import { loadBackend } from "../../tensor/backend.js";
import type { StageModel } from "./find-models.js";

/** A model in a conversation. */
export interface Speaker extends Pick<Conversation, "ask"> {
  stage: string;
  /** A short description of the model. */
  about: string;
}

/** Tokens that the session holds from the start; a longer conversation compiles it again. */
const usualTokens = 1024;

/**
 * Loads models and makes them ready to respond.
 * @param settings.chat whether all of them use their chat template; absent: each as it was trained
 */
export async function openSpeakers(
  home: string,
  models: readonly StageModel[],
  settings: Omit<ConversationSettings, "chat"> & SamplingSettings & { chat?: boolean },
): Promise<Speaker[]> {
  await loadBackend();
  const speakers: Speaker[] = [];
  for (const { stage, model } of models) {
    const opened = await readModelDirectory(await openArtifact(home, model));
    const { architecture, weights, tokenizer, tokens } = opened;
    const session = new DecodingSession(architecture, weights, {
      rows: 1,
      tokens: usualTokens,
      sampling: settings,
      reuse: true,
    });
    const chat = usesChatTemplate(opened, settings.chat);
    const conversation = new Conversation(session, tokenizer, tokens, { ...settings, chat });
    await conversation.warmUp();
    const parameters = (parameterCount(architecture) / 1e6).toPrecision(2);
    const about = `${parameters} M parameters, context ${architecture.contextLength}${chat ? "" : ", continues text"}`;
    speakers.push({ stage, about, ask: (...options) => conversation.ask(...options) });
  }
  return speakers;
}
