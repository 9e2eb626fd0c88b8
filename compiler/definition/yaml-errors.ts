import type { YAMLError } from "yaml";
import type { Problem } from "../problem.js";

/** An error of the YAML parser, in words that need no knowledge of the YAML specification. */
type Explanation = Pick<Problem, "message" | "next">;

type Found = Pick<YAMLError, "code" | "message" | "pos">;

/** Explains an error of the parser and what to do. @param text the whole definition */
export function yamlError(error: Found, text: string): Explanation {
  if (error.code === "MULTIPLE_DOCS")
    return { message: "the text holds more than one document", next: "put each pipeline into its own file" };
  const { message, next } = explainError(error, text);
  const line = lineAt(text, error.pos[0]);
  const fallback = `not valid YAML: ${message}`;
  if (line.includes("{{")) return { message: fallback, next: 'put the expression in double quotes: "${{ … }}"' };
  return { message: fallback, next: /^\s*\t/.test(line) ? "indent with spaces" : next };
}

const alike = "indent the keys of one map, or the items of one list, alike";

type Meaning = (message: string, character: string) => Explanation;

const meanings: Partial<Record<YAMLError["code"], Meaning>> = {
  TAB_AS_INDENT: () => ({ message: "tabs are not allowed as indentation", next: "indent with spaces" }),
  TAG_RESOLVE_FAILED: (message) => ({ message: lowerFirst(message), next: "remove the tag" }),
  BAD_INDENT: () => ({ message: "this line is not indented as the lines around it", next: alike }),
  MULTILINE_IMPLICIT_KEY: () => ({
    message: "a key without a colon, or a line that is indented too far",
    next: `write KEY: VALUE; ${alike}`,
  }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    message: "a key within a value that has already begun",
    next: `${alike}; put a text with a colon in quotes`,
  }),
  BAD_SCALAR_START: (_, character) => ({
    message: `a value cannot begin with ${character}`,
    next: "put the value in quotes",
  }),
  BAD_DQ_ESCAPE: (message) => ({
    message: `${message.replace(/^Invalid escape sequence /, "")} means nothing in double quotes`,
    next: "write \\\\ for a backslash, or use single quotes",
  }),
};

function explainError({ code, message, pos }: Found, text: string): Explanation {
  const bracket = /end with a ([\]}])$/.exec(message)?.[1];
  if (bracket !== undefined)
    return { message: `the ${bracket === "]" ? "[" : "{"} before is not closed`, next: `close it with ${bracket}` };
  return (meanings[code] ?? unexpected)(message, text.charAt(pos[0]));
}

function unexpected(message: string, character: string): Explanation {
  const quote = /^Missing closing (['"])quote$/.exec(message)?.[1];
  if (quote !== undefined) return { message: `the ${quote} before is not closed`, next: `close it with ${quote}` };
  if (message.endsWith("at node end"))
    return { message: "more text after the end of a value", next: "put the whole value in quotes, or remove the rest" };
  if (/^Unexpected flow-(seq|map)-end token/.test(message))
    return { message: `a ${character} that closes nothing`, next: "remove it, or open it before" };
  return { message: lowerFirst(message), next: "fix the YAML here" };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function lineAt(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, end === -1 ? undefined : end);
}
