import type { StageCard } from "../messages.js";
import { tellingState } from "../../report/run/graph-layout.js";
import { percent, spoken } from "./text.js";

/**
 * A box of the graph: a stage of the definition with its combinations, or several stages of one
 * type that are folded.
 */
export interface Box {
  declared: string;
  needs: readonly string[];
  cards: StageCard[];
  /** Number of the definition's stages in this box; 1 if none are folded. */
  folded: number;
}

const finished = new Set<StageCard["status"]>(["succeeded", "cached", "skipped"]);
/** Fewer stages of one type are not folded. */
const minFolded = 4;

/**
 * The boxes of a run. Finished stages of one type that nothing comes before, or that nothing comes
 * after, are folded into one: what runs, waits or failed never is.
 */
export function groupBoxes(cards: readonly StageCard[], isFolded: boolean): Box[] {
  const boxes = new Map<string, Box>();
  for (const card of cards) {
    const known = boxes.get(card.declared);
    if (known === undefined)
      boxes.set(card.declared, { declared: card.declared, needs: card.needs, cards: [card], folded: 1 });
    else known.cards.push(card);
  }
  return withoutDetours(isFolded ? folded([...boxes.values()]) : [...boxes.values()]);
}

/**
 * More boxes are shown as a list: a drawing has no room for them, and each edge would be looked for
 * on all paths.
 */
export const maxDrawn = 300;

/**
 * The boxes without the edges that a longer path says, too. A box stands after those that it needs.
 */
function withoutDetours(boxes: readonly Box[]): Box[] {
  if (boxes.length > maxDrawn) return [...boxes];
  const before = new Map<string, Set<string>>();
  return boxes.map((box) => {
    const beyond = new Set(box.needs.flatMap((id) => [...(before.get(id) ?? [])]));
    before.set(box.declared, new Set([...beyond, ...box.needs]));
    return { ...box, needs: box.needs.filter((id) => !beyond.has(id)) };
  });
}

function folded(boxes: readonly Box[]): Box[] {
  const needed = new Set(boxes.flatMap(({ needs }) => needs));
  const groups = new Map<string, Box[]>();
  for (const box of boxes) {
    const end = box.needs.length === 0 ? "first" : needed.has(box.declared) ? undefined : "last";
    if (end === undefined || !box.cards.every(({ status }) => finished.has(status))) continue;
    const name = `${end} ${box.cards[0]!.type}`;
    groups.set(name, [...(groups.get(name) ?? []), box]);
  }
  const names = new Map<string, string>();
  const first = new Map<string, Box>();
  for (const group of groups.values()) {
    if (group.length < minFolded) continue;
    const declared = `${group.length} × ${group[0]!.cards[0]!.type}`;
    const name = first.has(declared) ? `${declared} ` : declared;
    for (const box of group) names.set(box.declared, name);
    first.set(name, {
      declared: name,
      needs: [...new Set(group.flatMap(({ needs }) => needs))],
      cards: group.flatMap(({ cards }) => cards),
      folded: group.length,
    });
  }
  const last = new Map([...names].map(([id, name]) => [name, id]));
  const renamed = (needs: readonly string[]): string[] => [...new Set(needs.map((id) => names.get(id) ?? id))];
  // A folded box stands where its first stage was if nothing comes before it, else where its last
  // one was.
  const put = new Set<string>();
  return boxes.flatMap((box) => {
    const name = names.get(box.declared);
    if (name === undefined) return [{ ...box, needs: renamed(box.needs) }];
    const group = first.get(name)!;
    const isTurn = group.needs.length === 0 ? !put.has(name) : last.get(name) === box.declared;
    if (!isTurn) return [];
    put.add(name);
    return [{ ...group, needs: renamed(group.needs) }];
  });
}

/** Time, progress and attempts of a box in a few words. */
export function boxFacts({ cards, folded }: Box, nowMs: number): string {
  const card = tellingState(cards);
  const { progress, status, type } = card;
  if (folded > 1) return `finished · ${spoken(cards.reduce((sum, one) => sum + elapsed(one, nowMs), 0))}`;
  const retries = cards.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0);
  const ended = cards.filter((one) => finished.has(one.status)).length;
  const time = elapsed(card, nowMs);
  return [
    cards.length > 1 ? `${ended} of ${cards.length}` : "",
    status === "running" && progress && progress.total > 0 ? percent(progress.done / progress.total) : "",
    cards.length > 1 || time === 0 || status === "cached" ? "" : spoken(time),
    retries > 0 ? `${retries} ${retries === 1 ? "retry" : "retries"}` : "",
    cards.length > 1 ? "" : type,
  ]
    .filter(Boolean)
    .join(" · ");
}

export function elapsed({ startedAtMs, endedAtMs }: StageCard, nowMs: number): number {
  return startedAtMs === undefined ? 0 : (endedAtMs ?? nowMs) - startedAtMs;
}
