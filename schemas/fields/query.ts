import { Type } from "@sinclair/typebox";
import { RelativePath } from "./basic.js";

export type QueryScalar = string | number | boolean;
export type QueryParameter = QueryScalar | QueryScalar[];

/** A query in a file of the project, with values for the parameters (`$name`) that it uses. */
export type QueryFile = {
  file: string;
  parameters?: Record<string, QueryParameter>;
};

/** SQL as text, or in a file. */
export type Query = string | QueryFile;

const scalars = ["string", "number", "boolean"];
const parameter = Type.Unsafe<QueryParameter>({
  type: [...scalars, "array"],
  items: { type: scalars },
  description: "text, a number, true or false, or a list of one of these",
});
const queryFile = Type.Object(
  {
    file: RelativePath({ description: "SQL file, relative to the project directory" }),
    parameters: Type.Optional(
      Type.Record(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$" }), parameter, {
        additionalProperties: false,
        description: "values of the parameters `$name` in the file; bound, never inserted into the text",
      }),
    ),
  },
  { additionalProperties: false },
);

/**
 * Schema of a query. One schema of two types, not a union: a document with one mistake gives one
 * error. `x-query` marks it for the compiler, which reads the file.
 */
export const QueryField = (description: string) =>
  Type.Unsafe<Query>({
    ...queryFile,
    type: ["string", "object"],
    "x-query": true,
    description: `${description}; or { file: queries/x.sql, parameters: { name: value } }`,
  });
