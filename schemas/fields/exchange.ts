import {
  Type,
  type Static,
  type TArray,
  type TObject,
  type TOptional,
  type TRecord,
  type TString,
  type TUnsafe,
} from "@sinclair/typebox";
import { writtenKinds, type ArtifactKind, type ArtifactRef, type WrittenKind } from "../artifact.js";
import type { RuleProblem } from "../stage.js";
import { AnyArtifact, idPattern, StringEnum, RelativePath, Shorthand } from "./basic.js";

/**
 * Fields of stages whose work is a user's program or activity: what it reads, writes and reports.
 */

const Name = (): TString => Type.String({ pattern: idPattern });

/** Artifacts that the program reads, by name. @param what how the program uses each of them */
export function ReadArtifacts(
  what: string,
  description: string,
): TRecord<TString, TObject<{ artifact: TUnsafe<ArtifactKind>; digest: TString }>> {
  return Type.Record(Name(), AnyArtifact(what), { additionalProperties: false, default: {}, description });
}

/**
 * What the program writes, by name.
 * @param directory in which each output is a file or a directory
 */
export function WrittenOutputs(
  directory: string,
  description: string,
): TRecord<TString, TObject<{ kind: TUnsafe<WrittenKind>; path: TOptional<TString> }>> {
  return Type.Record(
    Name(),
    Shorthand(
      "kind",
      {
        kind: StringEnum(writtenKinds, {
          description: "files: a file or directory; dataset: a file of JSON lines; model: a Hugging Face directory",
        }),
        path: Type.Optional(RelativePath({ description: `its path below ${directory}; default: the output's name` })),
      },
      `a file or directory below ${directory}`,
    ),
    { additionalProperties: false, default: {}, description },
  );
}

/** Names of metrics that the program must report. */
export function ReportedMetrics(description: string): TArray<TString> {
  return Type.Array(Name(), { default: [], uniqueItems: true, description });
}

/** What each output is trained on. @param names of what the names of each list are */
export function LearnsFromInputs(names: string): TRecord<TString, TArray<TString>> {
  return Type.Record(Name(), Type.Array(Name(), { uniqueItems: true }), {
    additionalProperties: false,
    default: {},
    description: `by output, ${names} that it is trained on; without it, what a model has learned from is unknown`,
  });
}

interface Training {
  inputs: Readonly<Record<string, ArtifactRef>>;
  outputs: Readonly<Record<string, unknown>>;
  learnsFrom: Readonly<Record<string, readonly string[]>>;
}

/** The artifacts that each output is trained on. */
export function learnsFromInputs({ inputs, learnsFrom }: Training): Record<string, ArtifactRef[]> {
  return Object.fromEntries(
    Object.entries(learnsFrom).map(([output, names]) => [output, names.map((name) => inputs[name]!)]),
  );
}

/** `learnsFrom` names outputs and inputs that exist. */
export function unknownTraining({ inputs, outputs, learnsFrom }: Training): RuleProblem | undefined {
  for (const [output, names] of Object.entries(learnsFrom)) {
    if (!Object.hasOwn(outputs, output)) return unknownName(["learnsFrom", output], "output", output, outputs);
    const index = names.findIndex((name) => !Object.hasOwn(inputs, name));
    if (index >= 0) return unknownName(["learnsFrom", output, index], "input", names[index]!, inputs);
  }
  return undefined;
}

function unknownName(at: RuleProblem["at"], kind: string, got: string, all: object): RuleProblem {
  const names = Object.keys(all);
  return {
    code: "NOT_ALLOWED",
    at,
    message: `must be the name of an ${kind}, got ${got}`,
    next: names.length === 0 ? `declare ${kind}s, or remove it` : `write ${names.join(" or ")}, or remove it`,
  };
}

/**
 * Outputs are moved into the store one by one, so one inside another would be part of two
 * artifacts.
 */
export function nestedOutputs({
  outputs,
}: {
  outputs: Static<ReturnType<typeof WrittenOutputs>>;
}): RuleProblem | undefined {
  const places = Object.entries(outputs).map(([output, { path = output }]) => {
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    return { output, place: `${parts.join("/")}/` };
  });
  for (const [i, { output, place }] of places.entries()) {
    const other = places.find((one, j) => i !== j && place.startsWith(one.place));
    if (other === undefined) continue;
    return {
      code: "NOT_ALLOWED",
      at: ["outputs", output],
      message: `must not lie inside another output: its path is that of ${other.output}, or below it`,
      next: "give each output a path of its own",
    };
  }
  return undefined;
}
