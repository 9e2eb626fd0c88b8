import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import * as data from "@actions/expressions/data/index";
import { wellKnownFunctions } from "@actions/expressions/funcs";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import type { Json } from "../platform/json.js";
import { TextLength, workOfItems, workOfJson, type Budget } from "./bounds.js";
import { toData } from "./values.js";

/** Functions added to, or corrected in, the engine: name in lower case -> what it does. */
export type Functions = ReadonlyMap<string, FunctionDefinition>;

/** The functions that produce texts or search lists, with bounds; the engine's own have none. */
export function boundedFunctions(budget: Budget): Functions {
  return new Map<string, FunctionDefinition>([
    ["format", { name: "format", minArgs: 1, maxArgs: 255, call: format }],
    ["join", replaced("join", (list, separator) => measureJoin(list, separator, budget))],
    ["tojson", replaced("tojson", (value) => measureJson(value, 0, new TextLength("toJSON returns")), true)],
    ["contains", replaced("contains", (list) => list instanceof data.Array && budget.spend(workOfItems(list)))],
    ["fromjson", { name: "fromJSON", minArgs: 1, maxArgs: 1, call: (text) => parseJson(text, budget) }],
  ]);
}

/**
 * The engine's function, with a check of its arguments before the call and, if `checksText`, of its
 * text after it.
 */
function replaced(
  name: "join" | "tojson" | "contains",
  check: (first: ExpressionData, second?: ExpressionData) => void,
  checksText = false,
): FunctionDefinition {
  const own = wellKnownFunctions[name]!;
  return {
    ...own,
    call: (first, second, ...rest) => {
      check(first, second);
      const made = own.call(...[first, second, ...rest].filter((argument) => argument !== undefined));
      if (checksText) new TextLength(`${own.name} returns`).add(made.coerceString().length);
      return made;
    },
  };
}

/**
 * `format('{0} of {1}', a, b)` as the engine defines it (`{0:x}` is `{0}`), in time that grows with
 * the text: the engine searches the whole rest of the text again for each brace.
 */
function format(pattern?: ExpressionData, ...values: ExpressionData[]): ExpressionData {
  const text = pattern!.coerceString();
  const length = new TextLength("format returns");
  const pieces: string[] = [];
  const put = (piece: string): void => {
    length.add(piece.length);
    pieces.push(piece);
  };
  const braces = /[{}]/g;
  let from = 0;
  for (let found = braces.exec(text); found !== null; found = braces.exec(text)) {
    const at = found.index;
    put(text.slice(from, at));
    if (text[at + 1] === text[at]) {
      put(text[at]!);
      from = at + 2;
    } else {
      const close = text[at] === "{" ? text.indexOf("}", at) : -1;
      const index = close === -1 ? undefined : /^\d+/.exec(text.slice(at + 1, close))?.[0];
      if (index === undefined) throw new Error(`format: write a literal brace twice, near ${near(text, at)}`);
      const value = values[Number(index)];
      if (value === undefined) throw new Error(`format has ${values.length} values, none for ${near(text, at)}`);
      put(value.coerceString());
      from = close + 1;
    }
    braces.lastIndex = from;
  }
  put(text.slice(from));
  return new data.StringData(pieces.join(""));
}

const near = (text: string, at: number): string => text.slice(at, at + 20);

function measureJoin(list: ExpressionData, separator: ExpressionData | undefined, budget: Budget): void {
  if (!(list instanceof data.Array)) return;
  budget.spend(workOfItems(list));
  const between = separator?.primitive === false ? 1 : (separator?.coerceString().length ?? 1);
  const length = new TextLength("join returns");
  list.values().forEach((item, i) => length.add(item.coerceString().length + (i === 0 ? 0 : between)));
}

/**
 * Counts the minimum that toJSON returns: each value on its own line, two spaces deeper for each
 * list around it.
 */
function measureJson(value: ExpressionData, depth: number, length: TextLength): void {
  length.add(1 + 2 * depth + (value.primitive ? value.coerceString().length : 1));
  if (value instanceof data.Array) for (const item of value.values()) measureJson(item, depth + 1, length);
  else if (value instanceof data.Dictionary)
    for (const { key, value: item } of value.pairs()) {
      length.add(key.length);
      measureJson(item, depth + 1, length);
    }
}

function parseJson(text: ExpressionData, budget: Budget): ExpressionData {
  const value = JSON.parse(text.coerceString()) as Json;
  budget.spend(workOfJson(value));
  return toData(value);
}
