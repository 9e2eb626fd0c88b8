import { readTokens, type Tokens } from "../../formats/tokens.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { greatest } from "../../platform/extremes.js";
import { PawlError } from "../../platform/errors.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/** Long documents, to learn from and to measure on. */
export interface LongText {
  data: Tokens;
  heldOut: Tokens | undefined;
}

/**
 * @throws PawlError DATA_EMPTY without documents, or without a held-out one that fills the last
 *   context; TOKENIZER_MISMATCH if the tokens are not the model's
 */
export async function openLongText(
  settings: StageWith<"extend-context">,
  model: OpenModel,
  context: StageContext,
): Promise<LongText> {
  const open = (ref: ArtifactRef<"tokens">, where: string) => openTokens(ref, where, model, context);
  const data = await open(settings.tokens, "with.tokens");
  const heldOut = settings.heldOut && (await open(settings.heldOut, "with.heldOut"));
  if (data.facts.documents === 0) throw tooShort("with.tokens", 1, 0);
  const longest = heldOut ? longestDocument(heldOut) : Infinity;
  const needed = settings.steps.at(-1)!.contextLength;
  if (longest < needed) throw tooShort("with.heldOut", needed, longest);
  return { data, heldOut };
}

/** Tokens of the longest document, its end token included. */
function longestDocument(tokens: Tokens): number {
  return Math.max(0, greatest(splitDocuments(tokens).map(({ length }) => length + 1)));
}

/** The documents' tokens, without their end tokens. */
export function splitDocuments({ tokens, documents }: Tokens): (Uint16Array | Uint32Array)[] {
  return Array.from(documents, (start, d) => tokens.subarray(start, (documents[d + 1] ?? tokens.length) - 1));
}

/**
 * The documents' tokens one after another: as in `evaluate`, and in training, there is no end token
 * within the text.
 */
export function joinedText(tokens: Tokens): Uint16Array | Uint32Array {
  const text = tokens.tokens.slice(0, tokens.tokens.length - tokens.documents.length);
  let at = 0;
  for (const document of splitDocuments(tokens)) {
    text.set(document, at);
    at += document.length;
  }
  return text;
}

async function openTokens(
  ref: ArtifactRef<"tokens">,
  where: string,
  { tokenizer, tokens, architecture }: OpenModel,
  context: StageContext,
): Promise<Tokens> {
  const data = await readTokens(await context.openArtifact(ref));
  const { vocabularySize, endOfText } = data.facts;
  if (vocabularySize === tokenizer.vocabularySize && endOfText === tokens.endOfText) return data;
  throw new PawlError("TOKENIZER_MISMATCH", "the tokens are not those of the model's tokenizer", {
    where,
    expected: `tokens of the model's tokenizer (${architecture.vocabularySize} tokens)`,
    got: `those of one with ${vocabularySize}`,
    next: "encode the long documents in a tokenize stage with `tokenizer:` set to the model's",
  });
}

function tooShort(where: string, expected: number, got: number): PawlError {
  return new PawlError("DATA_EMPTY", "no document is as long as the context", {
    where,
    expected: `a document of at least ${expected} tokens`,
    got: `the longest has ${got}`,
    next: "use longer documents (dataset's unit: document), or lower the last context",
  });
}
