import { readPairs, type Pair } from "../../formats/pairs.js";
import { RandomStream } from "../../platform/random.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { Choice } from "../../schemas/choices.js";
import { openArtifact } from "../../store/artifacts/artifacts.js";
import type { Side } from "../people-messages.js";

/** Lists of pairs that are kept in memory: those used last. */
const maxKept = 4;
const kept = new Map<string, Promise<Pair[]>>();

/** The pairs of a request, item 1 first. @throws PawlError ARTIFACT_MISSING */
export function loadPairs(home: string, ref: ArtifactRef<"pairs">): Promise<Pair[]> {
  const found = kept.get(ref.digest) ?? openArtifact(home, ref).then(async (index) => (await readPairs(index)).pairs);
  kept.delete(ref.digest);
  kept.set(ref.digest, found);
  found.catch(() => kept.delete(ref.digest));
  const [oldest] = kept.keys();
  if (kept.size > maxKept) kept.delete(oldest!);
  return found;
}

/** The order in which a person sees the items: shuffled, and the same after each reload. */
export function orderFor(person: string, pairsDigest: string, items: number): number[] {
  const stream = new RandomStream(0, `order of ${pairsDigest} for ${person}`);
  const places = Array.from({ length: items }, (_, i) => [i + 1, stream.uniform(i + 1)] as const);
  return places.sort(([, one], [, other]) => one - other).map(([item]) => item);
}

/** Whether a person sees the second response of an item on the left. */
export const isSwapped = (person: string, pairsDigest: string, item: number): boolean =>
  new RandomStream(0, `sides of ${pairsDigest} for ${person}`).uniform(item) < 0.5;

/** The side of a choice, and the choice of a side. */
export function toSide(choice: Choice, swapped: boolean): Side {
  if (choice !== "first" && choice !== "second") return choice;
  return (choice === "first") !== swapped ? "left" : "right";
}
export function toChoice(side: Side, swapped: boolean): Choice {
  if (side !== "left" && side !== "right") return side;
  return (side === "left") !== swapped ? "first" : "second";
}
