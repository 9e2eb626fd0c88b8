import { Type } from "@sinclair/typebox";
import { RelativePath } from "./basic.js";

export type QueryScalar = string | number | boolean;
export type QueryParameter = QueryScalar | QueryScalar[];

/** A query in a file of the project, with values for the parameters (`$name`) that it uses. */
export type QueryFile = {
  file: string;
  parameters?: Record<string, QueryParameter>;
};

/** SQL text, or a file of it. */
export type Query = string | QueryFile;

const scalars = ["string", "number", "boolean"];
const parameter = Type.Unsafe<QueryParameter>({
  type: [...scalars, "array"],
  items: { type: scalars },
  description: "text, a number, true or false, or a list of one of these",
});
const queryFile = Type.Object(
  {
    file: RelativePath({ description: "a file of SQL, by its path from the project directory" }),
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$" }), parameter, {
        additionalProperties: false,
        description: "a value for each `$name` in the file; the file's text never changes",
      }),
    ),
  },
  { additionalProperties: false },
);

/**
 * Schema of a query. One schema of two types, not a union: a document with one mistake has one error.
 * `x-query` marks it for the compiler, which looks into the file.
 */
export const QueryField = (description: string) =>
  Type.Unsafe<Query>({
    ...queryFile,
    type: ["string", "object"],
    "x-query": true,
    description: `${description}; or { file: queries/x.sql, parameters: { name: value } }`,
  });
