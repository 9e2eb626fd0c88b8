/** What the search can find, in the order in which equally good groups are shown. */
export const kinds = { stage: "Stages of this run", run: "Runs", pipeline: "Pipelines", view: "Views" } as const;
export type Kind = keyof typeof kinds;

/** Something that can be opened. */
export interface Target {
  kind: Kind;
  name: string;
  /** What it can be found by besides its name: a run's pipeline, a stage's type. */
  about: string;
  href: string;
}

/** Targets of one kind. */
export interface TargetGroup {
  kind: Kind;
  targets: Target[];
}

/** Targets of one kind that are shown; more words find the others. */
const maxOfKind = 8;

/**
 * The targets that have all words of a query, in any order and letter case, by kind. Those whose
 * name begins with the query come first, and their groups before the others; else the order is that
 * of `targets`.
 */
export function search(targets: readonly Target[], query: string): TargetGroup[] {
  const wanted = query.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const found = targets.filter(({ name, about }) => {
    const text = `${name} ${about}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ name }: Target): number => {
    const text = name.toLowerCase();
    return text === wanted ? 0 : text.startsWith(wanted) ? 1 : 2;
  };
  const groups = (Object.keys(kinds) as Kind[]).flatMap((kind) => {
    const own = found.filter((target) => target.kind === kind).sort((a, b) => rank(a) - rank(b));
    return own.length === 0 ? [] : [{ kind, targets: own.slice(0, maxOfKind) }];
  });
  return groups.sort((a, b) => rank(a.targets[0]!) - rank(b.targets[0]!));
}
