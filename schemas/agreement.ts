import { choicesByItem, type Votes } from "./choices.js";

/** How far people agree. */
export interface Agreement {
  /** Number of people who share an item with somebody else. */
  people: number;
  /** Items at which at least two people chose. */
  items: number;
  /**
   * Of all pairs of people at these items, the share who chose the same. Undefined without such
   * items.
   */
  same?: number;
  /**
   * Cohen's kappa of two people, Fleiss' kappa of more; undefined without such items, or if all
   * choices are equal.
   */
  kappa?: number;
}

/**
 * Cohen's kappa: the agreement of two people beyond chance, (p_o - p_e) / (1 - p_e), where p_o is
 * the share of items with equal ratings and p_e the share to be expected from how often each person
 * uses each category. Cohen 1960, "A coefficient of agreement for nominal scales", Educational and
 * Psychological Measurement 20(1).
 * @param ratings of the first and of the second person, for each item that both have rated
 * @returns -1 to 1; undefined without items, or if both always use the same one category (p_e is 1)
 */
export function cohenKappa(ratings: readonly (readonly [string, string])[]): number | undefined {
  const count = ratings.length;
  if (count === 0) return undefined;
  const categories = new Set(ratings.flat());
  const share = (person: 0 | 1, category: string): number =>
    ratings.filter((pair) => pair[person] === category).length / count;
  const observed = ratings.filter(([one, other]) => one === other).length / count;
  const expected = sum([...categories].map((category) => share(0, category) * share(1, category)));
  return beyondChance(observed, expected);
}

/**
 * Fleiss' kappa: the agreement of several people beyond chance, (P - P_e) / (1 - P_e), where P is
 * the mean over the items of the share of pairs of people who agree, and P_e the sum of the squared
 * shares of the categories. Fleiss 1971, "Measuring nominal scale agreement among many raters",
 * Psychological Bulletin 76(5).
 *
 * Departure: items may have different numbers of ratings, as in Fleiss, Levin & Paik 2003,
 * "Statistical Methods for Rates and Proportions", section 18.3; items with one rating are left
 * out.
 * @param items the ratings of each item, in any order
 * @returns -1 to 1; undefined without items that have two ratings, or if all ratings are equal (P_e
 *   is 1)
 */
export function fleissKappa(items: readonly (readonly string[])[]): number | undefined {
  const rated = items.filter(({ length }) => length >= 2);
  if (rated.length === 0) return undefined;
  const all = rated.flat();
  const observed = sum(rated.map(shareOfEqualPairs)) / rated.length;
  const expected = sum([...new Set(all)].map((category) => (countRatings(all, category) / all.length) ** 2));
  return beyondChance(observed, expected);
}

/** Measures how far people agree, over all items with at least two choices. */
export function agreement(votes: Votes): Agreement {
  const byItem = [...choicesByItem(votes)].filter(([, choices]) => choices.length >= 2);
  const items = byItem.map(([, choices]) => choices);
  const shared = new Set(byItem.map(([item]) => item));
  const people = Object.values(votes).filter((own) => Object.keys(own).some((item) => shared.has(Number(item))));
  const [one, other] = people;
  const kappa =
    people.length === 2
      ? cohenKappa([...shared].map((item) => [one![item]!.choice, other![item]!.choice]))
      : fleissKappa(items);
  const pairs = sum(items.map(countPairs));
  const same = pairs === 0 ? undefined : sum(items.map((item) => shareOfEqualPairs(item) * countPairs(item))) / pairs;
  return {
    people: people.length,
    items: items.length,
    ...(same !== undefined && { same }),
    ...(kappa !== undefined && { kappa }),
  };
}

/**
 * Measures how far one person agrees with all others together: the share of equal choices and the
 * number of shared items.
 */
export function measureAgreement(person: string, votes: Votes): { choices: number; same: number } {
  const own = Object.hasOwn(votes, person) ? votes[person]! : {};
  const others = Object.entries(votes).filter(([name]) => name !== person);
  const both = others.flatMap(([, theirs]) =>
    Object.entries(theirs).flatMap(([item, { choice }]) => {
      const mine = own[Number(item)];
      return mine === undefined ? [] : [mine.choice === choice];
    }),
  );
  return { choices: both.length, same: both.filter(Boolean).length };
}

const countPairs = ({ length }: readonly string[]): number => (length * (length - 1)) / 2;

function shareOfEqualPairs(ratings: readonly string[]): number {
  const counts = [...new Set(ratings)].map((category) => countRatings(ratings, category));
  return sum(counts.map((count) => (count * (count - 1)) / 2)) / countPairs(ratings);
}

const countRatings = (ratings: readonly string[], wanted: string): number =>
  ratings.filter((rating) => rating === wanted).length;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rounding may leave 1 - expected a little above zero where all ratings are equal. */
const beyondChance = (observed: number, expected: number): number | undefined =>
  1 - expected < 1e-12 ? undefined : (observed - expected) / (1 - expected);
