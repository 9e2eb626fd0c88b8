import { Type, type TRecord, type TString, type TUnsafe } from "@sinclair/typebox";

/** What a variable may be given as. */
export const scalars = ["string", "number", "boolean"];
export type Scalar = string | number | boolean;

/** Environment variables of programs, by name. A secret may stand in each value. */
export function Variables(options: {
  default?: Record<string, Scalar>;
  description: string;
}): TRecord<TString, TUnsafe<Scalar>> {
  return Type.Record(
    Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$" }),
    Type.Unsafe<Scalar>({ type: scalars, description: "the variable's value", "x-secret": true }),
    { additionalProperties: false, ...options },
  );
}

/** The first variable of a name that only Pawl sets. */
export function reservedVariable(variables: object): string | undefined {
  return Object.keys(variables).find((name) => name.startsWith("PAWL_"));
}

/** What is wrong with such a variable, and what to do. */
export const reservedAdvice = {
  code: "NOT_ALLOWED",
  message: "is not allowed: names that begin with PAWL_ are set by Pawl",
  next: "rename it",
} as const;
