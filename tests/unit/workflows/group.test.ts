import fc from "fast-check";
import { limitWords, type GroupMember } from "../../../schemas/concurrency.js";
import { Group, type GroupAct } from "../../../workflows/group.js";

const member = (runId: string, more: Partial<GroupMember> = {}): GroupMember => ({
  runId,
  execution: `${runId}-1`,
  startedAtMs: 0,
  limit: 1,
  onLimit: "queue",
  ...more,
});
const empty = () => new Group({ holders: [], waiting: [] });
const text = (acts: GroupAct[]): string[] =>
  acts.map((one) =>
    one.act === "cancel"
      ? `cancel ${one.member.runId}`
      : `${one.member.runId} ${[one.answer.place, ...one.answer.behind].join(" ")}`,
  );

test("runs get places in the order in which they have come", () => {
  const group = empty();
  expect(text(group.join(member("a")))).toEqual(["a granted"]);
  expect(text(group.join(member("b")))).toEqual(["b waiting a"]);
  expect(text(group.join(member("c")))).toEqual(["c waiting a b"]);
  expect(text(group.leave(member("a")))).toEqual(["b granted", "c waiting b"]);
  expect(text(group.leave(member("c")))).toEqual([]);
  expect(text(group.leave(member("b")))).toEqual([]);
  expect(group.members()).toEqual([]);
});

test("a run that began earlier waits before one that has asked earlier", () => {
  const group = empty();
  group.join(member("a", { startedAtMs: 5 }));
  group.join(member("b", { startedAtMs: 9 }));
  expect(text(group.join(member("c", { startedAtMs: 7 })))).toEqual(["c waiting a"]);
  expect(text(group.leave(member("a")))).toEqual(["c granted", "b waiting c"]);
});

test("a request that is repeated gets the same answer, and changes nothing", () => {
  const group = empty();
  for (const one of ["a", "b"]) {
    const once = group.join(member(one));
    expect(group.join(member(one))).toEqual(once);
  }
  expect(group.members()).toHaveLength(2);
});

test("a resumed run is another member; the end of the earlier execution is none of it", () => {
  const group = empty();
  group.join(member("a"));
  expect(text(group.join(member("a", { execution: "a-2" })))).toEqual(["a waiting a"]);
  expect(text(group.leave(member("a")))).toEqual(["a granted"]);
  expect(text(group.leave(member("a")))).toEqual([]);
  expect(group.members()).toHaveLength(1);
});

test("fail: a run that finds no place is none of the group", () => {
  const group = empty();
  group.join(member("a"));
  expect(text(group.join(member("b", { onLimit: "fail" })))).toEqual(["b refused a"]);
  expect(group.members()).toHaveLength(1);
  group.leave(member("a"));
  expect(text(group.join(member("b", { onLimit: "fail" })))).toEqual(["b granted"]);
});

test("cancel: the oldest runs are canceled, those that still wait included; the new one waits until they have ended", () => {
  const group = empty();
  const cancels = { onLimit: "cancel", limit: 2 } as const;
  for (const one of ["a", "b"]) group.join(member(one, cancels));
  expect(text(group.join(member("c", cancels)))).toEqual(["cancel a", "c waiting a b"]);
  expect(text(group.join(member("d", cancels)))).toEqual(["cancel a", "cancel b", "d waiting a b c"]);
  expect(text(group.leave(member("b", cancels)))).toEqual(["c granted", "d waiting a c"]);
  expect(text(group.leave(member("a", cancels)))).toEqual(["d granted"]);
});

test("whatever happens, a place is given out only within the limit, and nobody waits beside a free place", () => {
  const step = fc.record({
    run: fc.integer({ min: 0, max: 5 }),
    leaves: fc.boolean(),
    how: fc.constantFrom(...limitWords),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (steps, limit) => {
      let group = empty();
      for (const { run, leaves, how } of steps) {
        const one = member(String(run), { limit, onLimit: how });
        if (leaves) group.leave(one);
        else group.join(one);
        const { holders, waiting } = group.state();
        expect(holders.length).toBeLessThanOrEqual(limit);
        if (waiting.length > 0) expect(holders).toHaveLength(limit);
        // As after it has continued as new.
        group = new Group(group.state());
      }
    }),
  );
});

test("a group takes no more runs than its state may hold: the server refuses one over 2 MiB", () => {
  const long = (runId: string) => member(runId.padEnd(1000, "x"), { execution: "e" });
  const waiting = Array.from({ length: 970 }, (_, i) => long(`${i}`));
  const group = new Group({ holders: [member("first")], waiting });
  const ids = Array.from({ length: 50 }, (_, i) => `more ${i}`);
  const places = ids.map((id) => group.join(long(id)).flatMap((one) => (one.act === "tell" ? [one.answer.place] : [])));
  expect(places[0]).toEqual(["waiting"]);
  expect(places.at(-1)).toEqual(["refused"]);
  expect(JSON.stringify(group.state()).length).toBeLessThan(1024 * 1024 + 100);
  // One that is a member already stays one.
  expect(text(group.join(long(ids[0]!)))[0]).toContain("waiting first");
});
