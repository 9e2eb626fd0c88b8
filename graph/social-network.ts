import { RandomStream } from "../platform/random.js";

/** A synthetic network of accounts that follow each other. */
export interface SocialNetwork {
  accounts: AccountRow[];
  follows: FollowRow[];
}

export interface AccountRow {
  id: number;
  age: number;
  country: string;
  topic: string;
  /** Posts per month. */
  posts: number;
  /** Whether the account pays: the label that models predict. */
  subscriber: boolean;
}

export interface FollowRow {
  follower: number;
  followed: number;
  /** Messages from the follower to the followed. */
  messages: number;
}

export interface NetworkOptions {
  /** Accounts. */
  nodes: number;
  /** Mean number of accounts that an account chooses to follow, before follows are returned. */
  edgesPerNode: number;
  communities: number;
  /** Chance that a follow inside a community is returned; outside it is a third of this. */
  reciprocity: number;
  /** Share of follows that leave the community. */
  openness: number;
}

const countries = ["Brazil", "France", "India", "Japan", "Kenya", "Mexico", "Norway", "Poland"];
const topics = ["art", "cooking", "films", "football", "gardens", "music", "politics", "science"];

/** The hidden properties of an account. */
interface Hidden {
  community: number;
  /** How active it is: follows and posts. */
  activity: number;
  /** How attractive it is to follow: a Pareto distribution, which creates hubs. */
  appeal: number;
}

/**
 * Generates a network with communities of unequal size, hubs, follows that are returned, and closed
 * triangles.
 *
 * Degree-corrected planted communities (Karrer & Newman 2011): the more active an account is, the
 * more it follows, mostly inside its community. It chooses others by their appeal, which has a
 * Pareto tail. A quarter of follows close a triangle (Holme & Kim 2002, "Growing scale-free
 * networks with tunable clustering"); some are returned. No column holds the community: country,
 * topic and age only hint at it.
 *
 * `subscriber` depends on the account (age, posts), its community's habit, its activity, and, in
 * three rounds, how many of the accounts that it follows subscribe: none of these alone decides it,
 * and the last step is random.
 */
export function socialNetwork(options: NetworkOptions, seed: number): SocialNetwork {
  const hidden = hiddenTraits(options, seed);
  const follows = followRows(hidden, options, seed);
  return { accounts: accountRows(hidden, follows, options, seed), follows };
}

/** Numbers in [0, 1), one after the other. */
class Draws {
  readonly #stream: RandomStream;
  #next = 0;

  constructor(seed: number, what: string) {
    this.#stream = new RandomStream(seed, `social network: ${what}`);
  }

  uniform(): number {
    return this.#stream.uniform(this.#next++);
  }

  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Box & Muller 1958. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

function hiddenTraits({ nodes, communities }: NetworkOptions, seed: number): Hidden[] {
  const draws = new Draws(seed, "traits");
  const sizes = new Wheel(Array.from({ length: communities }, (_, i) => 1 / Math.sqrt(i + 1)));
  return Array.from({ length: nodes }, () => ({
    community: sizes.draw(draws.uniform()),
    activity: Math.exp(0.7 * draws.normal()),
    appeal: (1 - draws.uniform()) ** (-1 / 1.8),
  }));
}

/** Draws indices with given probabilities. */
class Wheel {
  readonly #ends: Float64Array;

  constructor(weights: readonly number[]) {
    let sum = 0;
    this.#ends = Float64Array.from(weights, (weight) => (sum += weight));
  }

  /** @param at in [0, 1) */
  draw(at: number): number {
    const ends = this.#ends;
    const aim = at * ends[ends.length - 1]!;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > aim) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function followRows(hidden: readonly Hidden[], options: NetworkOptions, seed: number): FollowRow[] {
  const draws = new Draws(seed, "follows");
  const choose = chooser(hidden, draws);
  const follows = hidden.map(() => new Map<number, number>());
  const meanActivity = hidden.reduce((sum, { activity }) => sum + activity, 0) / hidden.length;
  const follow = (from: number, to: number): void => {
    if (from !== to && !follows[from]!.has(to)) follows[from]!.set(to, messages(draws));
  };
  hidden.forEach(({ activity, community }, from) => {
    const wanted = Math.min(hidden.length - 1, Math.round((options.edgesPerNode * activity) / meanActivity));
    for (let i = 0; i < wanted; i++) {
      const inside = draws.uniform() >= options.openness;
      const friend = draws.uniform() < 0.25 ? friendOfFriend(from, follows, draws) : undefined;
      const to = friend ?? choose(inside ? community : undefined);
      follow(from, to);
      const answers = options.reciprocity * (hidden[to]!.community === community ? 1 : 1 / 3);
      if (draws.uniform() < answers) follow(to, from);
    }
  });
  return follows.flatMap((targets, follower) =>
    [...targets].map(([followed, messages]) => ({ follower: follower + 1, followed: followed + 1, messages })),
  );
}

/** Chooses an account to follow, by appeal, from a community or from all. */
function chooser(hidden: readonly Hidden[], draws: Draws): (community: number | undefined) => number {
  const groups = new Map<number | undefined, number[]>([[undefined, hidden.map((_, i) => i)]]);
  hidden.forEach(({ community }, i) => {
    if (!groups.has(community)) groups.set(community, []);
    groups.get(community)!.push(i);
  });
  const wheels = new Map(
    [...groups].map(([group, members]) => [group, new Wheel(members.map((i) => hidden[i]!.appeal))]),
  );
  return (community) => groups.get(community)![wheels.get(community)!.draw(draws.uniform())]!;
}

function friendOfFriend(from: number, follows: readonly Map<number, number>[], draws: Draws): number | undefined {
  const friends = [...follows[from]!.keys()];
  if (friends.length === 0) return undefined;
  const theirs = [...follows[friends[draws.below(friends.length)]!]!.keys()];
  return theirs.length === 0 ? undefined : theirs[draws.below(theirs.length)];
}

/** One or more, a mean of 4 (geometric). */
const messages = (draws: Draws): number => 1 + Math.floor(Math.log(1 - draws.uniform()) / Math.log(0.75));

function accountRows(
  hidden: readonly Hidden[],
  follows: readonly FollowRow[],
  { communities }: NetworkOptions,
  seed: number,
): AccountRow[] {
  const draws = new Draws(seed, "accounts");
  const hint = <T>(list: readonly T[], community: number, faith: number): T =>
    list[draws.uniform() < faith ? community % list.length : draws.below(list.length)]!;
  const rows = hidden.map(({ community, activity }, i) => ({
    id: i + 1,
    age: Math.round(
      Math.min(90, Math.max(16, 24 + 3 * (community % 7) + 9 * Math.abs(draws.normal()) + 4 * draws.normal())),
    ),
    country: hint(countries, community, 0.5),
    topic: hint(topics, community + 3, 0.4),
    posts: Math.round(6 * activity * Math.exp(0.8 * draws.normal())),
  }));
  const habits = Array.from({ length: communities }, () => 1.1 * draws.normal());
  const own = rows.map(
    ({ age, posts }, i) =>
      -2.2 +
      0.02 * (age - 35) +
      0.25 * Math.log1p(posts) +
      habits[hidden[i]!.community]! +
      0.5 * Math.log(hidden[i]!.activity),
  );
  const subscribers = spread(own, follows, draws);
  return rows.map((row, i) => ({ ...row, subscriber: subscribers[i]! }));
}

/**
 * Three rounds in which each account decides again, influenced by the previous decisions of the
 * accounts that it follows.
 */
function spread(own: readonly number[], follows: readonly FollowRow[], draws: Draws): boolean[] {
  const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
  let decided = own.map((x) => draws.uniform() < logistic(x));
  for (let round = 0; round < 3; round++) {
    const seen = own.map(() => ({ followed: 0, subscribers: 0 }));
    for (const { follower, followed } of follows) {
      seen[follower - 1]!.followed++;
      if (decided[followed - 1]) seen[follower - 1]!.subscribers++;
    }
    decided = own.map((x, i) => {
      const { followed, subscribers } = seen[i]!;
      return draws.uniform() < logistic(x + (followed > 0 ? (2.5 * subscribers) / followed : 0));
    });
  }
  return decided;
}
