import { proposal } from "../../expressions/nearest.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";

/** A stage's need, with its position in the definition. */
export interface Edge {
  stage: string;
  need: string;
  path: Path;
  span?: { offset: number; length: number };
}

/** Needs that name a stage that does not exist. */
export function missingNeeds(edges: readonly Edge[], stages: readonly string[]): Problem[] {
  return edges
    .filter(({ need }) => !stages.includes(need))
    .map(({ stage, need, path }) => ({
      code: "UNKNOWN_REFERENCE",
      path,
      message: `names ${need}, which is not a stage`,
      expected: stages.filter((id) => id !== stage).join(", "),
      got: need,
      next: proposal(
        need,
        stages.filter((id) => id !== stage),
        "remove it",
      ),
    }));
}

/**
 * Needs of a stage that runs after all others, by a stage that does not.
 * @param last ids of stages with `finally`
 */
export function needsOfLast(edges: readonly Edge[], last: readonly string[]): Problem[] {
  return edges
    .filter(({ stage, need }) => last.includes(need) && !last.includes(stage))
    .map(({ need, path, span }) => ({
      code: "CYCLE",
      path,
      ...(span === undefined ? {} : { span }),
      message: `: ${need} has finally, and runs after this stage`,
      got: need,
      next: "give this stage `finally: true`, too, or remove it there",
    }));
}

/**
 * Stages ordered so that each comes after its needs, ties in order of appearance (Kahn 1962).
 * Stages on a cycle, and those after one, are left out.
 */
export function topologicalOrder(stages: readonly string[], edges: readonly Edge[]): string[] {
  const needs = new Map(stages.map((id) => [id, new Set<string>()]));
  for (const { stage, need } of edges) needs.get(stage)?.add(need);
  const order: string[] = [];
  const done = new Set<string>();
  for (;;) {
    const next = stages.find((id) => !done.has(id) && [...needs.get(id)!].every((need) => done.has(need)));
    if (next === undefined) return order;
    order.push(next);
    done.add(next);
  }
}

/**
 * One problem for each group of stages that wait for one another, shown as a path `a -> b -> a`.
 */
export function cycles(stages: readonly string[], edges: readonly Edge[]): Problem[] {
  const ordered = new Set(topologicalOrder(stages, edges));
  const remaining = new Set(stages.filter((id) => !ordered.has(id)));
  const problems: Problem[] = [];
  const reported = new Set<string>();
  for (const start of stages) {
    if (!remaining.has(start) || reported.has(start)) continue;
    const cycle = cycleFrom(start, edges, remaining);
    if (cycle.some((id) => reported.has(id))) continue;
    for (const id of cycle) reported.add(id);
    const [first, second] = [cycle[0]!, cycle[1] ?? cycle[0]!];
    const edge = edges.find(({ stage, need }) => stage === first && need === second)!;
    const path = [...cycle, first].join(" -> ");
    problems.push({
      code: "CYCLE",
      path: edge.path,
      ...(edge.span === undefined ? {} : { span: edge.span }),
      message:
        cycle.length === 1 ? `: the stage waits for itself: ${path}` : `: these stages wait for one another: ${path}`,
      got: path,
      next: "remove one of these needs",
    });
  }
  return problems;
}

/** Follows needs from a stage that is on a cycle or after one until a stage repeats. */
function cycleFrom(start: string, edges: readonly Edge[], remaining: ReadonlySet<string>): string[] {
  const trail: string[] = [];
  let at = start;
  while (!trail.includes(at)) {
    trail.push(at);
    // Every stage left over has a need that is left over, or it would have been ordered.
    at = edges.find(({ stage, need }) => stage === at && remaining.has(need))!.need;
  }
  return trail.slice(trail.indexOf(at));
}
