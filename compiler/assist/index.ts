import { isObject } from "../../platform/json.js";
import { valueAt, type Schema } from "../schema/schema.js";
import { describeReference, namesAfter } from "./expressions.js";
import { nodeAt, contextAt, type CursorContext } from "./cursor-context.js";
import { schemasAt } from "./schemas.js";

/** A completion at a position of a definition. */
export interface Completion {
  label: string;
  /** The text to insert, if it differs from the label. */
  insert?: string;
  kind: "key" | "value" | "reference";
  detail?: string;
  description?: string;
}

export interface Completions {
  /** The range that a completion replaces. */
  from: number;
  to: number;
  options: Completion[];
}

/**
 * Lists completions at an offset: keys, constants, and names in expressions.
 * @param schema the editor's schema; see editorSchema
 */
export function completionsAt(text: string, offset: number, schema: Schema): Completions | undefined {
  const expression = expressionBefore(text, offset);
  if (expression !== undefined) {
    const { beginning } = expression;
    const context = contextAt(text, offset);
    if (context === undefined) return undefined;
    const word = beginning.slice(beginning.lastIndexOf(".") + 1);
    const rest = /^\w*/.exec(text.slice(offset))![0];
    const options = namesAfter(beginning, context.document, context.path).map(({ name, ...facts }): Completion => ({
      label: name,
      kind: "reference",
      ...facts,
    }));
    return { from: offset - word.length, to: offset + rest.length, options };
  }
  const context = contextAt(text, offset);
  if (context === undefined) return undefined;
  const options = context.what === "key" ? keysAt(context, text, schema) : valuesAt(context, schema);
  return { from: context.from, to: context.to, options };
}

/** Describes what is at an offset. */
export interface Hover {
  from: number;
  to: number;
  title: string;
  text: string;
}

/** @param schema the editor's schema */
export function hoverAt(text: string, offset: number, schema: Schema): Hover | undefined {
  const node = nodeAt(text, offset);
  if (node === undefined) return undefined;
  const reference = referenceAt(text, offset);
  if (reference !== undefined) {
    const known = describeReference(reference.text, node.document, node.path);
    if (known === undefined) return undefined;
    const { from, to } = reference;
    return { from, to, title: reference.text, text: [known.detail, known.description].filter(Boolean).join(": ") };
  }
  const written = text.slice(node.start, node.end).replaceAll(/^["']|["']$/g, "");
  const path = node.what === "key" ? [...node.path, written] : node.path;
  const schemas = schemasAt(schema, path, node.document);
  const constant = schemas.find((one) => one["const"] === written && node.what === "value");
  const described = constant ?? schemas.find(({ description }) => description !== undefined);
  if (described?.description === undefined) return undefined;
  return { from: node.start, to: node.end, title: written, text: described.description };
}

/** The reference that is being written in an expression. */
function expressionBefore(text: string, offset: number): { beginning: string } | undefined {
  const before = text.slice(Math.max(0, offset - 2000), offset);
  const open = before.lastIndexOf("${{");
  if (open === -1 || before.indexOf("}}", open) !== -1) return undefined;
  return { beginning: /[\w.-]*$/.exec(before.slice(open + 3))![0] };
}

/** The part of a reference up to the word at an offset. */
function referenceAt(text: string, offset: number): { text: string; from: number; to: number } | undefined {
  if (expressionBefore(text, offset) === undefined) return undefined;
  const to = offset + /^[\w-]*/.exec(text.slice(offset))![0].length;
  const found = /[\w-]+(\.[\w-]+)*$/.exec(text.slice(Math.max(0, to - 400), to));
  return found === null ? undefined : { text: found[0], from: to - found[0].length, to };
}

function keysAt({ path, document, to }: CursorContext, text: string, root: Schema): Completion[] {
  const present = new Set(Object.keys(valueAt(document, path) ?? {}));
  const found = new Map<string, Completion>();
  const hasColon = /^\s*:/.test(text.slice(to));
  for (const schema of schemasAt(root, path, document)) {
    for (const [name, body] of Object.entries(schema.properties ?? {})) {
      if (present.has(name) || found.has(name)) continue;
      const isRequired = schema.required?.includes(name) === true;
      found.set(name, {
        label: name,
        ...(!hasColon && { insert: `${name}: ` }),
        kind: "key",
        detail: [typeText(body), isRequired ? "required" : ""].filter(Boolean).join(", "),
        ...(body.description !== undefined && { description: body.description }),
      });
    }
  }
  return [...found.values()];
}

function valuesAt({ path, document }: CursorContext, root: Schema): Completion[] {
  const found = new Map<string, Completion>();
  const add = (value: unknown, facts: Partial<Completion>): void => {
    const label = typeof value === "string" ? value : JSON.stringify(value);
    if (!found.has(label)) found.set(label, { label, kind: "value", ...facts });
  };
  for (const schema of schemasAt(root, path, document)) {
    const { description } = schema;
    if (schema["const"] !== undefined) add(schema["const"], description === undefined ? {} : { description });
    for (const value of schema.enum ?? []) add(value, {});
    if (schema.type === "boolean") for (const value of [true, false]) add(value, {});
    if (schema["default"] !== undefined && !isObject(schema["default"])) add(schema["default"], { detail: "default" });
  }
  if (path[0] === "stages" && path[2] === "needs") {
    const { stages } = (document ?? {}) as { stages?: object };
    for (const id of Object.keys(stages ?? {})) if (id !== path[1]) add(id, { detail: "stage" });
  }
  return [...found.values()];
}

/** Returns a setting's type in a word or two. */
function typeText(schema: Schema): string {
  const [first] = Array.isArray(schema["anyOf"]) ? (schema["anyOf"] as Schema[]) : [schema];
  const { type, enum: choices } = first ?? schema;
  if (choices !== undefined) return "one of";
  return [type ?? []].flat().join(" or ");
}
