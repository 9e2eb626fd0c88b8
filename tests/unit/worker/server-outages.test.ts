import { ServerOutages } from "../../../worker/server/server-outages.js";

/** Looks once a second; `answers` says how long each answer takes, ms, or that none comes. */
async function watch(answers: readonly (number | "none")[]) {
  let now = 0;
  let next: number | "none" = 0;
  const outages = new ServerOutages(
    async () => {
      now += next === "none" ? 100 : next;
      if (next === "none") throw new Error("connection refused");
    },
    { epochMs: () => now, monotonicMs: () => now },
  );
  for (let i = 0; i < answers.length; i++) {
    now = 1000 * i;
    next = answers[i]!;
    await outages.look();
  }
  return outages;
}

it("is none while the server answers", async () => {
  const outages = await watch([2, 5, 400, 3]);
  expect(outages.wasAway(0, 1)).toBe(false);
});

it("lasts from the first question without an answer to the next answer", async () => {
  const outages = await watch([2, "none", "none", "none", 10, 2]);
  expect(outages.wasAway(0, 3010)).toBe(true);
  expect(outages.wasAway(0, 3011)).toBe(false);
  expect(outages.wasAway(4009, 1)).toBe(true);
  expect(outages.wasAway(4010, 1)).toBe(false);
});

it("counts while it lasts, and where an answer is late", async () => {
  expect((await watch([2, "none", "none"])).wasAway(0, 1100)).toBe(true);
  expect((await watch([2, 900, 2])).wasAway(0, 900)).toBe(true);
});

it.each([-86_400_000, 86_400_000])("lasts as long if the system's clock is set by %i ms meanwhile", async (set) => {
  const clock = { epochMs: 10 * 86_400_000, monotonicMs: 0 };
  let isAway = true;
  const outages = new ServerOutages(
    async () => {
      if (isAway) throw new Error("connection refused");
    },
    { epochMs: () => clock.epochMs, monotonicMs: () => clock.monotonicMs },
  );
  await outages.look();
  clock.monotonicMs = 60_000;
  clock.epochMs += 60_000 + set;
  isAway = false;
  await outages.look();
  expect([outages.wasAway(0, 60_000), outages.wasAway(0, 60_001)]).toEqual([true, false]);
});

it("remembers several", async () => {
  const outages = await watch(["none", 2, "none", "none", 2, 2]);
  expect([outages.wasAway(0, 1002), outages.wasAway(1003, 2002), outages.wasAway(4003, 1)]).toEqual([
    true,
    true,
    false,
  ]);
});

it("asks no second question beside one that is under way", async () => {
  let asked = 0;
  let answer = (): void => undefined;
  const outages = new ServerOutages(() => {
    asked++;
    return new Promise<void>((resolve) => (answer = resolve));
  });
  const looking = outages.look();
  await outages.look();
  answer();
  await looking;
  expect(asked).toBe(1);
  const again = outages.look();
  answer();
  await again;
  expect(asked).toBe(2);
});
