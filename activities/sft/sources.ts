import { readInstructionsOrTexts, type InstructionRow, type TextRow } from "../../formats/dataset.js";
import { documentSequences, exampleSequences, type Example, type Sequences } from "../../lm/data/sequences.js";
import { encodeChats, type ChatMessage } from "../../lm/text/chat.js";
import type { Tokenizer } from "../../lm/text/tokenizer.js";
import { least } from "../../platform/extremes.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { StageContext } from "../stage.js";

/** One entry of `data` as sequences to learn from. */
export interface Source {
  /** The entry's name in the log. */
  name: string;
  kind: "instruction" | "prose";
  weight: number;
  /** Of the dataset. */
  rows: number;
  sequences: Sequences;
  /** Instruction rows longer than a sequence: left out. */
  tooLong: number;
  /** Predictions of the shortest instruction row; Infinity without one. */
  shortest: number;
  /** Rows of prose longer than a sequence: cut into several. */
  cut: number;
}

/**
 * The entries of `data` that have a weight, entries of one weight after another.
 * @param length tokens of a sequence
 * @throws PawlError DATA_INVALID if rows are neither instructions nor texts
 */
export async function readSources(
  data: StageWith<"sft">["data"],
  tokenizer: Tokenizer,
  length: number,
  context: StageContext,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const [i, { data: ref, weight }] of data.entries()) {
    if (weight === 0) continue;
    const collector = new Collector(tokenizer, context);
    for await (const row of readInstructionsOrTexts(await context.openArtifact(ref))) await collector.add(row);
    const source = { name: `data[${i}]`, weight, ...(await collector.finish(length)) };
    const { name, rows, tooLong } = source;
    if (tooLong > 0) context.log(`${tooLong} of ${rows} rows of ${name} are longer than ${length} tokens: left out`);
    sources.push(source);
  }
  const weights = [...new Set(sources.map(({ weight }) => weight))];
  return weights.flatMap((weight) => sources.filter((source) => source.weight === weight));
}

/** Instruction rows as examples, the response's tokens counting in the loss. */
export async function readExamples(
  rows: AsyncIterable<InstructionRow>,
  tokenizer: Tokenizer,
  context: StageContext,
): Promise<Example[]> {
  const collector = new Collector(tokenizer, context);
  for await (const row of rows) await collector.add(row);
  return collector.examples();
}

/** Rows encoded together: enough for all cores, few enough to yield often. */
const rowsAtOnce = 2000;
const charactersAtOnce = 1 << 20;

/** Encodes the rows of one dataset, which are of one kind. */
class Collector {
  readonly #examples: Example[] = [];
  /** Each with its end. */
  readonly #documents: Uint32Array[] = [];
  #chats: ChatMessage[][] = [];
  #texts: string[] = [];
  #characters = 0;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly context: StageContext,
  ) {}

  async add(row: InstructionRow | TextRow): Promise<void> {
    if ("text" in row) {
      this.#texts.push(row.text);
      this.#characters += row.text.length;
    } else
      this.#chats.push([
        { role: "user", content: row.instruction },
        { role: "assistant", content: row.response },
      ]);
    if (this.#chats.length >= rowsAtOnce || this.#characters >= charactersAtOnce) await this.#encode();
  }

  async examples(): Promise<Example[]> {
    await this.#encode();
    return this.#examples;
  }

  async finish(length: number): Promise<Omit<Source, "name" | "weight">> {
    const examples = await this.examples();
    if (this.#documents.length > 0) return this.#prose(length);
    const shortest = least(examples.map(({ tokens }) => tokens.length - 1));
    const { sequences, tooLong } = exampleSequences(examples, length);
    return { kind: "instruction", rows: examples.length, sequences, tooLong, shortest, cut: 0 };
  }

  /** Every token is predicted once, as in `pretrain`: {@link documentSequences}. */
  #prose(length: number): Omit<Source, "name" | "weight"> {
    const documents = this.#documents;
    const stream = new Uint32Array(1 + documents.reduce((sum, document) => sum + document.length, 0));
    stream[0] = this.tokenizer.special.endOfText;
    let at = 1;
    const starts = Uint32Array.from(documents, (document) => {
      stream.set(document, at);
      at += document.length;
      return at - document.length - 1;
    });
    const cut = documents.filter((document) => document.length > length).length;
    const sequences = documentSequences(stream, starts, length);
    return { kind: "prose", rows: documents.length, sequences, tooLong: 0, shortest: Infinity, cut };
  }

  async #encode(): Promise<void> {
    await this.context.yield();
    for (const { ids, response } of await encodeChats(this.tokenizer, this.#chats))
      this.#examples.push({ tokens: ids, counted: response });
    for (const ids of await this.tokenizer.encodeBatch(this.#texts)) {
      ids.push(this.tokenizer.special.endOfText);
      this.#documents.push(Uint32Array.from(ids));
    }
    this.#chats = [];
    this.#texts = [];
    this.#characters = 0;
  }
}
