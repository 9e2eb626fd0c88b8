import { Watched } from "../../../studio/server/watched.js";

/** Looks that end when the test says so. */
function controlled() {
  let count = 0;
  const turns: (() => void)[] = [];
  const watched = new Watched(
    async () => ++count,
    (_last, left) =>
      new Promise<void>((resolve) => {
        turns.push(resolve);
        left.addEventListener("abort", () => resolve());
      }),
  );
  return { watched, turns, looks: () => count };
}

test("followers share one look, and there is none after they have left", async () => {
  const { watched, turns, looks } = controlled();
  const left = new AbortController();
  const [one, other] = [watched.follow(left.signal), watched.follow(left.signal)];
  expect([await one.next(), await other.next()].map(({ value }) => value)).toEqual([1, 1]);
  const [second, third] = [one.next(), other.next()];
  turns[0]!();
  expect([await second, await third].map(({ value }) => value)).toEqual([2, 2]);
  left.abort();
  expect([(await one.next()).done, (await other.next()).done]).toEqual([true, true]);
  expect(looks()).toBe(2);
  const again = new AbortController();
  const follower = watched.follow(again.signal);
  expect((await follower.next()).value).toBe(2);
  expect((await follower.next()).value).toBe(3);
  again.abort();
  await follower.return(undefined);
});

test.each([-86_400_000, 86_400_000])(
  "the age of a look is right if the system's clock is set by %i ms",
  async (set) => {
    const { watched } = controlled();
    let passed = 0;
    const [now, epoch] = [performance.now(), Date.now()];
    jest.spyOn(performance, "now").mockImplementation(() => now + passed);
    jest.spyOn(Date, "now").mockImplementation(() => epoch + passed + (passed > 0 ? set : 0));
    try {
      expect(await watched.now()).toBe(1);
      passed = 900;
      expect(await watched.now()).toBe(1);
      passed = 1100;
      expect(await watched.now()).toBe(2);
    } finally {
      jest.restoreAllMocks();
    }
  },
);

test("a slow follower misses looks in between, never the last one", async () => {
  const { watched, turns } = controlled();
  const left = new AbortController();
  const slow = watched.follow(left.signal);
  const fast = watched.follow(left.signal);
  await slow.next();
  await fast.next();
  for (const i of [0, 1, 2]) {
    const next = fast.next();
    turns[i]!();
    await next;
  }
  expect((await slow.next()).value).toBe(4);
  left.abort();
  await Promise.all([slow.return(undefined), fast.return(undefined)]);
});
