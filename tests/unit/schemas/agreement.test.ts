import { agreement, measureAgreement, cohenKappa, fleissKappa } from "../../../schemas/agreement.js";
import type { Votes } from "../../../schemas/choices.js";

/** Ratings of two people from the counts of [both yes, yes and no, no and yes, both no]. */
const fromCounts = (counts: readonly number[]): (readonly [string, string])[] => {
  const cells = ["yes yes", "yes no", "no yes", "no no"];
  return counts.flatMap((count, i) =>
    Array.from({ length: count }, () => cells[i]!.split(" ") as unknown as readonly [string, string]),
  );
};

describe("Cohen's kappa", () => {
  // The worked examples of the article "Cohen's kappa" in Wikipedia: 50 grant proposals, then twice
  // 100 with the same observed agreement of 0.6.
  it.each([
    [[20, 5, 10, 15], 0.4],
    [[45, 15, 25, 15], 0.1304],
    [[25, 35, 5, 35], 0.2593],
  ])("of %j is %d", (counts, expected) => {
    expect(cohenKappa(fromCounts(counts))).toBeCloseTo(expected, 4);
  });
  it("is 1 where two people always agree, and -1 where they never do and use both categories equally", () => {
    expect(cohenKappa(fromCounts([5, 0, 0, 5]))).toBe(1);
    expect(cohenKappa(fromCounts([0, 5, 5, 0]))).toBe(-1);
  });
  it("is undefined without items, and where only one category was ever used", () => {
    expect(cohenKappa([])).toBeUndefined();
    expect(cohenKappa(fromCounts([7, 0, 0, 0]))).toBeUndefined();
  });
});

describe("Fleiss' kappa", () => {
  // The worked example of the article "Fleiss' kappa" in Wikipedia: 14 people, 10 items, 5
  // categories.
  const counts = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  const items = counts.map((row) => row.flatMap((count, category) => Array<string>(count).fill(String(category))));
  it("of the published table is 0.210", () => {
    expect(fleissKappa(items)).toBeCloseTo(0.21, 3);
  });
  it("leaves items with one rating out", () => {
    expect(fleissKappa([...items, ["0"]])).toBe(fleissKappa(items));
  });
  it("is undefined without items that two people rated, and where all ratings are equal", () => {
    expect(fleissKappa([["a"], []])).toBeUndefined();
    expect(
      fleissKappa([
        ["a", "a"],
        ["a", "a"],
      ]),
    ).toBeUndefined();
  });
});

describe("the agreement of people", () => {
  const votes = (...rows: (string | undefined)[][]): Votes =>
    Object.fromEntries(
      rows.map((row, i) => [
        `person ${i}`,
        Object.fromEntries(row.flatMap((choice, j) => (choice ? [[j + 1, { choice }]] : []))),
      ]),
    ) as Votes;
  it("of two is Cohen's, over the items at which both chose", () => {
    const of = votes(["first", "second", "first", "tie"], ["first", "second", "second", undefined]);
    expect(agreement(of)).toMatchObject({ people: 2, items: 3, same: 2 / 3 });
    expect(agreement(of).kappa).toBeCloseTo(
      cohenKappa([
        ["first", "first"],
        ["second", "second"],
        ["first", "second"],
      ])!,
      12,
    );
  });
  it("of three is Fleiss', also where not all chose everywhere", () => {
    const of = votes(["first", "tie"], ["first", "second"], ["second", undefined]);
    expect(agreement(of)).toEqual({
      ...{ people: 3, items: 2, same: 1 / 4 },
      kappa: fleissKappa([
        ["first", "first", "second"],
        ["tie", "second"],
      ]),
    });
  });
  it("of one is none", () => {
    expect(agreement(votes(["first"]))).toEqual({ people: 0, items: 0 });
  });
  it("of a person counts each other person at each item", () => {
    const of = votes(["first", "tie"], ["first", "second"], ["second", undefined]);
    expect(measureAgreement("person 0", of)).toEqual({ choices: 3, same: 1 });
    expect(measureAgreement("__proto__", of)).toEqual({ choices: 0, same: 0 });
  });
});
