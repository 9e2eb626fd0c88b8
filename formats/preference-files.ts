import { duplicateKey } from "../platform/text/duplicate-key.js";
import { PawlError } from "../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../platform/json.js";
import { votesByPerson, type Choice, type Choices, type Vote, type Votes } from "../schemas/choices.js";
import type { Pair } from "./pairs.js";

/**
 * Preferences as other programs have them: tasks of Label Studio with its control `Pairwise`, and
 * JSON lines of prompt, chosen and rejected response. Ties and pairs of two bad responses, which
 * the control does not have, are a control `Choices` beside it; a note is a `TextArea`. The
 * configuration that shows these tasks is in docs/guides/preferences.md.
 */
export const preferenceFormats = ["label-studio", "jsonl"] as const;
export type PreferenceFormat = (typeof preferenceFormats)[number];

type ShownPair = Pick<Pair, "prompt" | "first" | "second">;

/** A choice in a file. */
export interface ReadChoice extends Vote {
  item: number;
  /** Undefined if the file does not say who chose. */
  by?: string;
}

/** Where an exported task comes from. */
interface Origin {
  run: string;
  stage: string;
}

/**
 * The text of a file with all pairs and choices (`label-studio`) or with the preferences that count
 * (`jsonl`).
 */
export function preferencesText(
  format: PreferenceFormat,
  pairs: readonly ShownPair[],
  chosen: { choices: Choices; votes?: Votes },
  origin: Origin,
): string {
  return format === "jsonl" ? preferenceLines(pairs, chosen) : labelStudioText(pairs, votesByPerson(chosen), origin);
}

function preferenceLines(pairs: readonly ShownPair[], { choices }: { choices: Choices }): string {
  const lines = pairs.flatMap(({ prompt, first, second }, i) => {
    const choice = choices[i + 1];
    if (choice !== "first" && choice !== "second") return [];
    const [chosen, rejected] = choice === "first" ? [first, second] : [second, first];
    return [JSON.stringify({ prompt, chosen, rejected })];
  });
  return lines.map((line) => `${line}\n`).join("");
}

const sides: Partial<Record<Choice, string>> = { first: "left", second: "right" };

function labelStudioText(pairs: readonly ShownPair[], votes: Votes, { run, stage }: Origin): string {
  const names = Object.keys(votes).sort();
  const tasks = pairs.map(({ prompt, first, second }, i) => ({
    id: i + 1,
    data: { prompt, answer1: first, answer2: second, item: i + 1, run, stage },
    annotations: names.flatMap((by) => (votes[by]![i + 1] === undefined ? [] : [annotation(by, votes[by]![i + 1]!)])),
  }));
  return `${JSON.stringify(tasks, null, 2)}\n`;
}

/**
 * Label Studio refuses annotations of people who are not its users: the name is a remark on the
 * result.
 */
function annotation(by: string, { choice, note }: Vote): JsonObject {
  const meta = by === "" ? {} : { meta: { by } };
  const verdict: JsonObject =
    sides[choice] === undefined
      ? { from_name: "verdict", to_name: "prompt", type: "choices", value: { choices: [choice] }, ...meta }
      : {
          from_name: "comparison",
          to_name: "answer1,answer2",
          type: "pairwise",
          value: { selected: sides[choice] },
          ...meta,
        };
  const noted: JsonObject[] =
    note === undefined ? [] : [{ from_name: "note", to_name: "prompt", type: "textarea", value: { text: [note] } }];
  return { result: [verdict, ...noted] };
}

/**
 * The choices in a file of either format: a JSON list is one of Label Studio, anything else JSON
 * lines.
 * @param pairs the pairs as people were shown them; they are found by their texts, in either order
 * @throws PawlError DATA_INVALID with the task or line that does not fit
 */
export function readPreferences(text: string, pairs: readonly ShownPair[]): ReadChoice[] {
  const places = new Map(
    pairs.flatMap((pair, i) => [
      [textsKey(pair.prompt, pair.first, pair.second), { item: i + 1, isSwapped: false }],
      [textsKey(pair.prompt, pair.second, pair.first), { item: i + 1, isSwapped: true }],
    ]),
  );
  return text.trimStart().startsWith("[") ? readTasks(text, places) : readLines(text, places);
}

type Places = ReadonlyMap<string, { item: number; isSwapped: boolean }>;

const textsKey = (...texts: readonly string[]): string => JSON.stringify(texts);

function readLines(text: string, places: Places): ReadChoice[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `line ${i + 1}`;
    const row = parsed(line, where);
    const { prompt, chosen, rejected } = isObject(row) ? row : {};
    if (typeof prompt !== "string" || typeof chosen !== "string" || typeof rejected !== "string")
      throw invalid(where, "an object with the texts prompt, chosen and rejected", line);
    const { item, isSwapped } = findItem(places, [prompt, chosen, rejected], where);
    return [{ item, choice: isSwapped ? "second" : "first" }];
  });
}

function readTasks(text: string, places: Places): ReadChoice[] {
  const tasks = parsed(text, "the file") as Json[];
  return tasks.flatMap((task, i) => {
    const where = `task ${i + 1}`;
    const { data, annotations = [] } = isObject(task) ? task : {};
    const { prompt, answer1, answer2 } = isObject(data) ? data : {};
    if (typeof prompt !== "string" || typeof answer1 !== "string" || typeof answer2 !== "string")
      throw invalid(where, "data with the texts prompt, answer1 and answer2", JSON.stringify(task));
    if (!Array.isArray(annotations)) throw invalid(where, "a list of annotations", JSON.stringify(annotations));
    const { item, isSwapped } = findItem(places, [prompt, answer1, answer2], where);
    return annotations.flatMap((annotation): ReadChoice[] => {
      const read = readAnnotation(annotation, where);
      return read === undefined ? [] : [{ item, ...read, choice: isSwapped ? swapped(read.choice) : read.choice }];
    });
  });
}

const swapped = (choice: Choice): Choice => (choice === "first" ? "second" : choice === "second" ? "first" : choice);

/** Returns undefined for an annotation that was canceled or has no verdict. */
function readAnnotation(annotation: Json, where: string): Omit<ReadChoice, "item"> | undefined {
  const { result, was_cancelled: isCanceled, completed_by: user } = isObject(annotation) ? annotation : {};
  if (isCanceled === true) return undefined;
  if (!Array.isArray(result)) throw invalid(where, "annotations with a list of results", JSON.stringify(annotation));
  const found = result.filter(isObject);
  const verdict = found.find(({ type }) => type === "pairwise") ?? found.find(({ type }) => type === "choices");
  if (verdict === undefined) return undefined;
  const by = isObject(verdict["meta"]) ? verdict["meta"]["by"] : readPerson(user);
  const note = readText(found.find(({ type }) => type === "textarea")?.["value"]);
  return {
    choice: readChoice(verdict, where),
    ...(typeof by === "string" && { by }),
    ...(note !== undefined && { note }),
  };
}

function readChoice({ value }: JsonObject, where: string): Choice {
  const { selected, choices } = isObject(value) ? value : {};
  if (selected === "left") return "first";
  if (selected === "right") return "second";
  const word = Array.isArray(choices) ? choices[0] : undefined;
  if (word === "tie" || word === "bothBad") return word;
  throw invalid(where, "selected: left or right, or the choice tie or bothBad", JSON.stringify(value));
}

/** Returns who annotated: a number, or an object with an email address. */
function readPerson(user: Json | undefined): string | undefined {
  if (typeof user === "number") return `Label Studio user ${user}`;
  const { email, username } = isObject(user) ? user : {};
  return [email, username].find((name): name is string => typeof name === "string" && name !== "");
}

function readText(value: Json | undefined): string | undefined {
  const { text } = isObject(value) ? value : {};
  const joined = Array.isArray(text) ? text.filter((line) => typeof line === "string").join("\n") : text;
  return typeof joined === "string" && joined !== "" ? joined : undefined;
}

function parsed(text: string, where: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new PawlError("DATA_INVALID", `${where} is not JSON: ${(error as Error).message}`, {
      where,
      expected: "tasks of Label Studio (JSON), or JSON lines with prompt, chosen and rejected",
      next: "export the preferences again as JSON",
    });
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw invalid(where, "each key once", `the key ${twice} twice`);
  return value;
}

function findItem(places: Places, texts: readonly string[], where: string): { item: number; isSwapped: boolean } {
  const found = places.get(textsKey(...texts));
  if (found !== undefined) return found;
  throw new PawlError("DATA_INVALID", `${where} is about responses that this stage does not show`, {
    where,
    expected: "a prompt and two responses of the run's pairs, unchanged",
    got: texts[0]!.slice(0, 200),
    next: "import a file that was exported from this run",
  });
}

const invalid = (where: string, expected: string, got: string): PawlError =>
  new PawlError("DATA_INVALID", `${where} does not fit`, { where, expected, got: got.slice(0, 200) });
