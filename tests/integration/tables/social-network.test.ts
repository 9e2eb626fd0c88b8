import { socialNetwork } from "../../../graph/social-network.js";

const options = { nodes: 400, edgesPerNode: 8, communities: 4, reciprocity: 0.4, openness: 0.25 };
const { accounts, follows } = socialNetwork(options, 1);
const key = (a: number, b: number): number => a * 10_000 + b;
const edges = new Set(follows.map(({ follower, followed }) => key(follower, followed)));

test("is the same for a seed, and another for another", () => {
  expect(socialNetwork(options, 1)).toEqual({ accounts, follows });
  expect(socialNetwork(options, 2).follows).not.toEqual(follows);
});

test("has no edge twice, none from an account to itself, and all between accounts", () => {
  expect(edges.size).toBe(follows.length);
  expect(follows.filter(({ follower, followed }) => follower === followed)).toEqual([]);
  const ids = new Set(accounts.map(({ id }) => id));
  expect(follows.filter(({ follower, followed }) => !ids.has(follower) || !ids.has(followed))).toEqual([]);
  expect(follows.every(({ messages }) => Number.isInteger(messages) && messages >= 1)).toBe(true);
});

test("follows are answered far more often than by chance, and more with a higher reciprocity", () => {
  const answered = (list: typeof follows): number => {
    const set = new Set(list.map(({ follower, followed }) => key(follower, followed)));
    return list.filter(({ follower, followed }) => set.has(key(followed, follower))).length / list.length;
  };
  expect(answered(follows)).toBeGreaterThan(0.25);
  expect(answered(socialNetwork({ ...options, reciprocity: 0 }, 1).follows)).toBeLessThan(0.1);
});

test("has hubs: the hundredth part of accounts has far more than its part of followers", () => {
  const inDegrees = new Map<number, number>();
  for (const { followed } of follows) inDegrees.set(followed, (inDegrees.get(followed) ?? 0) + 1);
  const largest = [...inDegrees.values()].sort((a, b) => b - a).slice(0, 4);
  expect(largest.reduce((sum, degree) => sum + degree, 0) / follows.length).toBeGreaterThan(0.05);
});

test("accounts follow others with the same country more often than by chance", () => {
  const countries = accounts.map(({ country }) => country);
  const same = follows.filter(({ follower, followed }) => countries[follower - 1] === countries[followed - 1]).length;
  const shares = new Map<string, number>();
  for (const country of countries) shares.set(country, (shares.get(country) ?? 0) + 1 / countries.length);
  const byChance = [...shares.values()].reduce((sum, share) => sum + share * share, 0);
  expect(same / follows.length).toBeGreaterThan(1.3 * byChance);
});

test("both labels are frequent", () => {
  const share = accounts.filter(({ subscriber }) => subscriber).length / accounts.length;
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.8);
});

test("one account follows nobody", () => {
  expect(socialNetwork({ ...options, nodes: 1 }, 1)).toMatchObject({ follows: [], accounts: [{ id: 1 }] });
});
