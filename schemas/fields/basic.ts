import {
  Type,
  type TLiteral,
  type TObject,
  type TProperties,
  type TSchema,
  type TString,
  type TUnsafe,
} from "@sinclair/typebox";
import { artifactKinds, type ArtifactKind } from "../artifact.js";
import { durationPattern } from "../duration.js";
import type { RowKind } from "../stage.js";

/** Names of stages, inputs and outputs, which an expression can write after a dot. */
export const idPattern = "^[A-Za-z][A-Za-z0-9_-]{0,63}$";

/** Schema of a reference to an artifact of one kind. */
export function Artifact<K extends ArtifactKind>(
  kind: K,
  description: string,
): TObject<{ artifact: TLiteral<K>; digest: TString }> {
  return Type.Object(
    { artifact: Type.Literal(kind), digest: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
    { additionalProperties: false, description, "x-artifact": kind },
  );
}

/** Schema of a reference to an artifact of any kind. */
export function AnyArtifact(description: string): TObject<{ artifact: TUnsafe<ArtifactKind>; digest: TString }> {
  return Type.Object(
    { artifact: StringEnum(artifactKinds), digest: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
    { additionalProperties: false, description, "x-artifact": "any" },
  );
}

/**
 * Schema of a reference to a dataset with rows of certain kinds; `pawl validate` compares them with
 * its stage's rows.
 */
export function Dataset(
  rows: readonly Exclude<RowKind, "unknown">[],
  description: string,
): TObject<{ artifact: TLiteral<"dataset">; digest: TString }> {
  return { ...Artifact("dataset", description), "x-rows": rows };
}

/**
 * Schema of artifacts with held-out rows: a stage that is named as a whole (`${{ stages.ID }}`)
 * gives its held-out ones.
 */
export const HeldOut = <S extends TSchema>(schema: S): S => ({ ...schema, "x-side": "heldOut" });

/**
 * Schema of datasets to measure on: a stage that is named as a whole gives its held-out rows, or
 * all if it holds out none.
 */
export const Measured = <S extends TSchema>(schema: S): S => ({ ...schema, "x-side": "measured" });

/**
 * A mapping that may be written as the value of its field `field` alone: `x` is short for
 * `{ [field]: x }` if x is text, an expression or an artifact. Checks, stages and rules always get
 * the mapping.
 */
export function Shorthand<T extends TProperties>(
  field: keyof T & string,
  properties: T,
  description: string,
): TObject<T> {
  return Type.Object(properties, { additionalProperties: false, description, "x-shorthand": field });
}

/**
 * A string from a fixed list. It is one `enum`, not a union of literals, so that a wrong word gives
 * one error.
 */
export function StringEnum<const W extends readonly string[]>(
  words: W,
  options: { default?: W[number]; description?: string } = {},
): TUnsafe<W[number]> {
  return Type.Unsafe<W[number]>({ type: "string", enum: [...words], ...options });
}

/** A path that must stay below its directory. The compiler refuses `..` and absolute paths. */
export const RelativePath = (options: { description: string }) =>
  Type.String({ minLength: 1, "x-path": true, ...options });

/** A duration; the compiler refuses those over a hundred years. */
export const Duration = (description: string) =>
  Type.String({ pattern: durationPattern, description, "x-duration": true });
