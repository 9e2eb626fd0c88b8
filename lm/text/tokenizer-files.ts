import { alphabet, wordPattern, type Merge } from "./bpe.js";
import { chatTemplate } from "./chat.js";
import { specialTokens } from "./tokenizer.js";

/** Token strings by id: 256 bytes, one for each merge, then the special tokens. */
function vocabulary(merges: readonly Merge[]): string[] {
  return [...alphabet, ...merges.map(([left, right]) => left + right)];
}

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

/**
 * The text of tokenizer.json: byte-level BPE behind Qwen2's pre-tokenizer.
 * Departs from Qwen2 in having no NFC normalizer, so that decoding returns every text exactly.
 */
export function tokenizerJson(merges: readonly Merge[]): string {
  const tokens = vocabulary(merges);
  const addedTokens = Object.values(specialTokens).map((content, i) => ({ id: tokens.length + i, content, ...plain }));
  const split = { type: "Split", pattern: { Regex: wordPattern }, behavior: "Isolated", invert: false };
  const definition = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens,
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: [split, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
  return JSON.stringify(definition) + "\n";
}

/**
 * The text of tokenizer_config.json: transformers uses tokenizer.json unchanged, with this chat
 * template. For the name Qwen2Tokenizer transformers 5 builds its own tokenizer, which normalizes
 * to NFC.
 */
export function tokenizerConfigJson(merges: readonly Merge[]): string {
  const first = vocabulary(merges).length;
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    add_prefix_space: false,
    added_tokens_decoder: Object.fromEntries(
      Object.values(specialTokens).map((content, i) => [first + i, { content, ...plain }]),
    ),
    bos_token: null,
    chat_template: chatTemplate,
    clean_up_tokenization_spaces: false,
    eos_token: specialTokens.messageEnd,
    errors: "replace",
    pad_token: specialTokens.pad,
    split_special_tokens: false,
    unk_token: null,
  };
  return JSON.stringify(config, null, 2) + "\n";
}
