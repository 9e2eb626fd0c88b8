import { PawlError } from "../../../platform/errors.js";
import type { DatasetKind } from "../../../formats/dataset.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import { messageKeys } from "../rows/messages.js";
import { fieldTypes, itemType } from "./nested-types.js";
import type { Column } from "./column.js";

type RequestedColumns = NonNullable<StageWith<"dataset">["columns"]>;
export type Field = keyof RequestedColumns;

/** Which columns make a row. */
export interface ChosenColumns {
  kind: DatasetKind;
  columns: { field: Field; name: string; type: string }[];
}

/** The fields of each kind of row, in the order in which kinds are looked for. */
const kinds: Record<DatasetKind, { fields: readonly Field[]; optional: readonly Field[] }> = {
  instructions: { fields: ["instruction", "response"], optional: ["messages", "task", "entity"] },
  preferences: { fields: ["prompt", "chosen", "rejected"], optional: ["margin", "entity"] },
  text: { fields: ["text"], optional: [] },
};

/** Fields that do not decide a row's kind: rows of several kinds have them. */
const ofSeveralKinds: readonly Field[] = ["entity"];

/** Names of columns of conversations on the Hugging Face hub. */
const conversationNames = ["messages", "conversations", "conversation"];

/**
 * Chooses the columns: those that `columns` names, else `instruction` and `response`, else `chosen`
 * and `rejected` with their `prompt` (which may be inside them), else a conversation, else `text`.
 * @throws PawlError NOT_ALLOWED if several kinds are named; DATA_INVALID if a column is missing or
 *   cannot be read.
 */
export function chooseColumns(found: readonly Column[], requested: RequestedColumns = {}): ChosenColumns {
  const messages = requested.messages ?? presentConversation(found, requested);
  if (messages !== undefined) return conversationColumns(found, requested, messages);
  const kind = namedKind(requested) ?? presentKind(found);
  if (kind === "text" && requested.entity !== undefined) throw noEntityOfText(requested.entity);
  const { fields, optional } = kinds[kind];
  const columnName = (field: Field): string => requested[field] ?? field;
  const findColumn = (field: Field): Column | undefined => found.find(({ name }) => name === columnName(field));
  const inside =
    requested.prompt === undefined && findColumn("prompt") === undefined && isConversation(findColumn("chosen")?.type);
  const needed = fields.filter((field) => field !== "prompt" || !inside);
  const content = kind === "preferences" ? "either" : "plain";
  const columns = needed.map((field) => ({ field, ...checkColumn(found, columnName(field), content) }));
  const more = optional.filter((field) => field !== "messages" && isWanted(found, requested, field));
  for (const field of more) columns.push({ field, ...checkColumn(found, columnName(field), "plain") });
  return { kind, columns };
}

/** A column of conversations, if no columns of another kind are named or exist. */
function presentConversation(found: readonly Column[], requested: RequestedColumns): string | undefined {
  const { task: _ofBoth, ...others } = requested;
  if (namedKind(others) !== undefined || presentKind(found) !== "text") return undefined;
  return conversationNames.find((name) => found.some((column) => column.name === name && isConversation(column.type)));
}

function conversationColumns(found: readonly Column[], requested: RequestedColumns, messages: string): ChosenColumns {
  if (requested.instruction !== undefined || requested.response !== undefined)
    throw new PawlError("NOT_ALLOWED", "a row is either a conversation, or an instruction with its response", {
      where: "with.columns",
      expected: "messages, or instruction and response",
      got: Object.keys(requested).join(", "),
      next: "remove messages, or the other columns",
    });
  namedKind(requested);
  const columns: ChosenColumns["columns"] = [{ field: "messages", ...checkColumn(found, messages, "conversation") }];
  for (const field of ["task", "entity"] as const)
    if (isWanted(found, requested, field))
      columns.push({ field, ...checkColumn(found, requested[field] ?? field, "plain") });
  return { kind: "instructions", columns };
}

/** Whether an optional column is named, or exists and can be read. */
function isWanted(found: readonly Column[], requested: RequestedColumns, field: Field): boolean {
  return requested[field] !== undefined || isPlain(found.find(({ name }) => name === field)?.type);
}

/** Text, numbers, dates and the like; no lists, structures or bytes. */
export function isPlain(type: string | undefined): boolean {
  return type !== undefined && !/^(STRUCT|MAP|UNION|BLOB|BIT)\b|\]$/.test(type);
}

/** A list of messages: objects with `role` and `content`, or ShareGPT's `from` and `value`. */
export function isConversation(type: string | undefined): boolean {
  return type !== undefined && conversationType(type) !== undefined;
}

/**
 * The type of such a list with only speaker and content, the latter as text or JSON; undefined for
 * another type.
 */
export function conversationType(type: string): string | undefined {
  const contentType = contentField(type);
  return (
    contentType &&
    `STRUCT("${contentType.who}" VARCHAR, "${contentType.what}" ${isPlain(contentType.type) && contentType.type !== "JSON" ? "VARCHAR" : "JSON"})[]`
  );
}

/**
 * The fields of a conversation's messages, and the type of the content; undefined for any other
 * type.
 */
export function contentField(type: string): { who: string; what: string; type: string } | undefined {
  const fields = fieldTypes(itemType(type) ?? "");
  const [who, what] = messageKeys.find((keys) => keys.every((key) => fields?.has(key))) ?? [];
  return who && what && { who, what, type: fields!.get(what)! };
}

function namedKind(requested: RequestedColumns): DatasetKind | undefined {
  const named = (Object.keys(kinds) as DatasetKind[]).filter((kind) => {
    const { fields, optional } = kinds[kind];
    return [...fields, ...optional].some((field) => requested[field] !== undefined && !ofSeveralKinds.includes(field));
  });
  if (named.length > 1)
    throw new PawlError("NOT_ALLOWED", "a data set holds rows of one kind: text, instructions or preferences", {
      where: "with.columns",
      expected:
        "text alone; or instruction, response and task; or messages and task; or prompt, chosen, rejected and margin; entity with any kind except text",
      got: Object.keys(requested).join(", "),
    });
  return named[0];
}

function noEntityOfText(entity: string): PawlError {
  return new PawlError("NOT_ALLOWED", "a row of plain text has no entity", {
    where: "with.columns.entity",
    expected: "entity only with instructions, conversations or preferences",
    got: entity,
    next: "remove entity, or also name the columns of instructions or preferences",
  });
}

function presentKind(found: readonly Column[]): DatasetKind {
  const has = (name: string): boolean => found.some((column) => column.name === name);
  if (["instruction", "response"].every(has)) return "instructions";
  return ["chosen", "rejected"].every(has) ? "preferences" : "text";
}

/** What a column can contain. */
const contents = {
  plain: "text or numbers",
  conversation: "a list of messages with role and content, or with from and value",
  either: "text, or a list of messages with role and content",
};

function checkColumn(found: readonly Column[], name: string, content: keyof typeof contents): Column {
  const column = found.find((one) => one.name === name);
  const names = found.map((one) => one.name).join(", ");
  if (!column)
    throw new PawlError("DATA_INVALID", `the data have no column ${name}`, {
      where: "with.columns",
      expected:
        "columns text, or instruction and response, or messages, or prompt, chosen and rejected, or those that `columns` names",
      got: `columns ${names}`,
      next: "name the columns, `columns: { text: … }`, or create them, `query: SELECT … AS text FROM data`",
    });
  const { type } = column;
  if (content !== "conversation" && isPlain(type)) return column;
  if (content !== "plain" && isConversation(type)) return column;
  throw new PawlError(
    "DATA_INVALID",
    `the column ${name} does not hold ${content === "conversation" ? "conversations" : "plain values"}`,
    {
      where: "with.columns",
      expected: contents[content],
      got: type,
      next: "select the needed part in `query`, for example `SELECT answers[1].text AS response FROM data`",
    },
  );
}
