import { isMap, isScalar, parseDocument, visit, type Document, type Node, type Pair, type Scalar } from "yaml";
import type { Path } from "../schema/schema.js";

/** What is at the cursor of a definition that is being edited. */
export interface CursorContext {
  /** Names and indices of the mapping, list or value around the cursor. */
  path: Path;
  /** A key of the mapping at `path`, or the value at `path`. */
  what: "key" | "value";
  /** The word at the cursor: its range in the text, and its part before the cursor. */
  from: number;
  to: number;
  word: string;
  /** The definition as far as it can be read. */
  document: unknown;
}

/** Replaces the word at the cursor while the text around it is parsed. */
const marker = "pawlPlaceMarker";

const wordBefore = /[\w./-]*$/;
const wordAfter = /^[\w./-]*/;

/**
 * Finds out what can be written at an offset. The text may be unfinished: YAML is read as far as it
 * goes.
 * @returns undefined in comments, and where nothing can be read
 */
export function contextAt(text: string, offset: number): CursorContext | undefined {
  const word = wordBefore.exec(text.slice(0, offset))![0];
  const from = offset - word.length;
  const to = offset + wordAfter.exec(text.slice(offset))![0].length;
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const lineEnd = text.indexOf("\n", to);
  // A word alone on its line is a key that has no colon yet.
  const isAlone =
    text.slice(lineStart, from).trim() === "" && text.slice(to, lineEnd === -1 ? undefined : lineEnd).trim() === "";
  const marked = `${text.slice(0, from)}${marker}${isAlone ? ":" : ""}${text.slice(to)}`;
  const document = parse(marked);
  const found = document && nodeWith(document, (node) => typeof node.value === "string" && node.value.includes(marker));
  if (found === undefined) return undefined;
  return { ...found, from, to, word, document: plainValue(document!) };
}

/** Finds the key or value at an offset of a definition, with its range. */
export function nodeAt(
  text: string,
  offset: number,
): (Pick<CursorContext, "path" | "what" | "document"> & Ends) | undefined {
  const document = parse(text);
  const found =
    document &&
    nodeWith(document, ({ range }) => range !== undefined && range !== null && range[0] <= offset && offset < range[1]);
  return found && { ...found, document: plainValue(document) };
}

interface Ends {
  start: number;
  end: number;
}

function parse(text: string): Document | undefined {
  try {
    return parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  } catch {
    // The definition is nested too deeply. The compiler reports that.
    return undefined;
  }
}

/** The first scalar that passes a test, with its path. */
function nodeWith(
  document: Document,
  test: (node: Scalar) => boolean,
): (Pick<CursorContext, "path" | "what"> & Ends) | undefined {
  let found: (Pick<CursorContext, "path" | "what"> & Ends) | undefined;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (!test(node)) return undefined;
      const path = pathTo(ancestors);
      const [start, end] = node.range ?? [0, 0];
      const isKey = key === "key";
      found = {
        path: isKey ? path.slice(0, -1) : typeof key === "number" ? [...path, key] : path,
        ...{ start, end },
        what: isKey ? "key" : "value",
      };
      return visit.BREAK;
    },
  });
  return found;
}

/** Names and indices of the nodes around a scalar. */
function pathTo(ancestors: readonly (Document | Node | Pair)[]): (string | number)[] {
  return ancestors.flatMap((node, i): (string | number)[] => {
    if ("key" in node) return [isScalar(node.key) ? String(node.key.value) : ""];
    const next = ancestors[i + 1];
    if (!("items" in node) || isMap(node) || next === undefined) return [];
    return [node.items.indexOf(next)];
  });
}

function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    return undefined;
  }
}
