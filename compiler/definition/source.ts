import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from "yaml";
import type { Json, JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import { LIMITS } from "./defaults.js";
import { formatValue, type Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";
import { yamlError } from "./yaml-errors.js";

/** A position in the text: offsets in characters. */
export interface Range {
  start: number;
  end: number;
}

/** A definition's value, with the position of each part. */
export interface Source {
  value: Json;
  /**
   * Returns the range of a key or value, or of the nearest one around it if it is not in the text.
   */
  range: (path: Path, at: "key" | "value") => Range;
  /** Paths of values that could not be read. Their value is null. */
  broken: readonly Path[];
}

/**
 * Reads YAML 1.2 into plain JSON with positions. Aliases are written out up to a bound; keys are
 * unique strings.
 * @returns the value, and what is wrong with the text; the value is undefined when it cannot be
 *   read at all
 */
export function readSource(text: string): { source?: Source; problems: Problem[] } {
  if (text.length > LIMITS.textLength)
    return {
      problems: [
        fault("FILE_TOO_LARGE", { start: 0, end: 1 }, `the definition has ${text.length} characters`, {
          expected: `at most ${LIMITS.textLength}`,
          next: "move data into separate files and name them in the pipeline",
        }),
      ],
    };
  let document: Document.Parsed;
  try {
    // Uniqueness is checked by the reader below: the library's check takes quadratic time.
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    if ((error as Error).name !== "RangeError") throw error;
    return { problems: [tooDeep({ start: 0, end: 1 })] };
  }
  const problems = syntaxProblems([...document.errors, ...document.warnings], text);
  if (document.errors.length > 0) return { problems };
  const reader = new Reader(text);
  const value = reader.read(document);
  append(problems, reader.problems);
  if (reader.tooMany) return { problems };
  return { source: { value, range: reader.range, broken: reader.broken }, problems };
}

const deepNext = { expected: `at most ${LIMITS.depth} levels`, next: "flatten the definition" };

const tooDeep = (range: Range): Problem => fault("YAML_SYNTAX", range, "the definition is nested too deeply", deepNext);

function fault(
  code: Problem["code"],
  range: Range,
  message: string,
  facts: Pick<Problem, "expected" | "got" | "next">,
): Problem {
  return { code, path: [], offset: range, message, ...facts };
}

/**
 * Maximum number of YAML errors that are reported one by one: one missing bracket may cause
 * thousands.
 */
const maxSyntaxProblems = 20;

/** The first error at each place: a second one there has the same cause. */
function syntaxProblems(found: readonly YAMLError[], text: string): Problem[] {
  // The library is recursive, and reports a stack overflow as an error of the text.
  const exhausted = found.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (exhausted !== undefined) return [tooDeep({ start: exhausted.pos[0], end: exhausted.pos[1] })];
  const firsts = new Map(found.toReversed().map((error) => [error.pos[0], error]));
  const errors = found.filter((error) => firsts.get(error.pos[0]) === error);
  const problems = errors.slice(0, maxSyntaxProblems).map((error) => syntaxProblem(error, text));
  const next = errors[maxSyntaxProblems];
  if (next === undefined) return problems;
  const rest = `not valid YAML: ${errors.length - maxSyntaxProblems} more errors from here on`;
  const advice = { next: "fix the errors above first: they may be the cause" };
  return [...problems, fault("YAML_SYNTAX", { start: next.pos[0], end: next.pos[1] }, rest, advice)];
}

function syntaxProblem(error: YAMLError, text: string): Problem {
  const { message, next } = yamlError(error, text);
  const [start, end] = error.pos;
  return fault("YAML_SYNTAX", { start, end }, message, { next });
}

interface Place {
  key?: Range;
  value: Range;
}

/** Converts nodes to JSON and records their positions. */
class Reader {
  readonly problems: Problem[] = [];
  readonly broken: Path[] = [];
  readonly #text: string;
  readonly #places = new Map<string, Place>();
  readonly #anchors = new Map<string, Node>();
  /** Nodes being read. An alias to one of them would be circular. */
  readonly #open = new Set<Node>();
  #values = 0;
  tooMany = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(document: Document.Parsed): Json {
    const node = document.contents;
    if (node === null) {
      this.#places.set("[]", { value: { start: 0, end: 0 } });
      return null;
    }
    return this.#value(node, []);
  }

  range = (path: Path, at: "key" | "value"): Range => {
    for (let length = path.length; length >= 0; length--) {
      const range = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (range === undefined) continue;
      // What is not in the text itself is shown at the name of the thing that should hold it.
      const exact = length === path.length;
      return (exact && at === "value" ? range.value : (range.key ?? range.value)) ?? range.value;
    }
    return { start: 0, end: 0 };
  };

  #value(node: Node, path: Path, key?: Range): Json {
    const range = nodeRange(node);
    const id = JSON.stringify(path);
    this.#places.set(id, { value: range, ...(key === undefined ? {} : { key }) });
    if (++this.#values > LIMITS.values) {
      if (!this.tooMany)
        this.#fault("YAML_ALIAS_BOMB", range, "the definition grows too large when its aliases are written out", {
          expected: `at most ${LIMITS.values} values`,
          next: "remove the aliases that repeat one another",
        });
      this.tooMany = true;
      return null;
    }
    if (path.length > LIMITS.depth) {
      this.problems.push(tooDeep(range));
      this.broken.push(path);
      return null;
    }
    if (isAlias(node)) return this.#alias(node.source, range, path, key);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node.value, range, path);
    this.#open.add(node);
    const value = isMap(node)
      ? this.#map(node.items, path)
      : isSeq(node)
        ? node.items.map((item, i) => this.#value(item as Node, [...path, i]))
        : null;
    this.#open.delete(node);
    return value;
  }

  #alias(name: string, range: Range, path: Path, key?: Range): Json {
    const target = this.#anchors.get(name);
    if (target === undefined || this.#open.has(target)) {
      const message =
        target === undefined
          ? `there is no anchor &${name} before this`
          : `the alias *${name} is inside the value that it names`;
      this.#fault("YAML_SYNTAX", range, message, { next: "write the value out" });
      this.broken.push(path);
      return null;
    }
    const value = this.#value(target, path, key);
    this.#places.set(JSON.stringify(path), { value: range, ...(key === undefined ? {} : { key }) });
    return value;
  }

  #scalar(value: unknown, range: Range, path: Path): Json {
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    this.#fault("WRONG_TYPE", range, "must be a finite number, text, true, false or null", {
      got: this.#text.slice(range.start, range.end),
      next: "put it in quotes if it is text",
    });
    this.broken.push(path);
    return null;
  }

  #map(items: readonly Pair[], path: Path): JsonObject {
    const map: JsonObject = {};
    for (const { key, value } of items) {
      const node = key as Node | null;
      const range = nodeRange(node);
      const name = this.#key(node, range);
      if (name === undefined) {
        this.broken.push(path);
        continue;
      }
      if (Object.hasOwn(map, name)) {
        const what = path.length === 1 && path[0] === "stages" ? `stage ${name}` : pathKey(path, name);
        this.#fault("DUPLICATE_KEY", range, `${what} appears twice`, {
          got: name,
          next: "rename or remove one of the two",
        });
        continue;
      }
      const item = value as Node | null;
      const inner = [...path, name];
      if (item === null) this.#places.set(JSON.stringify(inner), { key: range, value: range });
      map[name] = item === null ? null : this.#value(item, inner, range);
    }
    return map;
  }

  #key(node: Node | null, range: Range): string | undefined {
    const written = isScalar(node) ? node.value : undefined;
    if (typeof written === "string" || typeof written === "number" || typeof written === "boolean") {
      const name = String(written);
      if (name !== "__proto__") return name;
      this.#fault("NOT_ALLOWED", range, "this key cannot be used", { got: name, next: "rename it" });
      return undefined;
    }
    if (isMap(node)) {
      const inner = this.#text
        .slice(range.start, range.end)
        .replace(/^\{|\}$/g, "")
        .trim();
      this.#fault(
        "BARE_BRACES",
        { start: Math.max(0, range.start - 1), end: range.end + 1 },
        "{{ }} without a dollar sign is not an expression",
        {
          expected: `"\${{ ${inner} }}"`,
          next: `write "\${{ ${inner} }}"`,
        },
      );
      return undefined;
    }
    this.#fault("NOT_ALLOWED", range, "a key must be text", {
      got: formatValue(this.#text.slice(range.start, range.end)),
      next: "write a name before the colon",
    });
    return undefined;
  }

  #fault(
    code: Problem["code"],
    range: Range,
    message: string,
    facts: Pick<Problem, "expected" | "got" | "next">,
  ): void {
    this.problems.push(fault(code, range, message, facts));
  }
}

const pathKey = (path: Path, name: string) => `key ${[...path, name].join(".")}`;

function nodeRange(node: Node | null): Range {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
