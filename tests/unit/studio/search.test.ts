import { search, type Kind, type Target } from "../../../studio/page/search.js";

const target = (kind: Kind, name: string, about = ""): Target => ({ kind, name, about, href: `/${kind}/${name}` });

const targets = [
  target("stage", "base", "pretrain"),
  target("stage", "judged", "evaluate"),
  target("run", "poems-2", "poems"),
  target("run", "tiny-1", "tiny"),
  target("pipeline", "poems", "Learns poems by heart."),
  target("view", "Runs"),
];

const names = (query: string): string[] =>
  search(targets, query).flatMap(({ kind, targets: own }) => own.map(({ name }) => `${kind} ${name}`));

describe("the search", () => {
  test.each([
    [
      "of nothing finds all, by kind",
      "",
      ["stage base", "stage judged", "run poems-2", "run tiny-1", "pipeline poems", "view Runs"],
    ],
    ["ignores the letter case, and blanks around", " JUDGED ", ["stage judged"]],
    ["finds by what a target is about", "pretrain", ["stage base"]],
    ["finds all words in any order", "tiny 1", ["run tiny-1"]],
    ["finds nothing if one word is missing", "poems nowhere", []],
    ["puts the group of the very name first", "poems", ["pipeline poems", "run poems-2"]],
    ["takes a query as text, not as a pattern", ".*", []],
  ])("%s", (_what, query, expected) => expect(names(query)).toEqual(expected));

  test("puts names that begin with the query before others, and shows at most 8 of a kind", () => {
    const runs = [target("run", "a-poem"), ...Array.from({ length: 20 }, (_, i) => target("run", `poem-${i}`))];
    const [group] = search(runs, "poem");
    expect(group!.targets.map(({ name }) => name)).toEqual(Array.from({ length: 8 }, (_, i) => `poem-${i}`));
  });
});
