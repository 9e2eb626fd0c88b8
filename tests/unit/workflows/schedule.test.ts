import fc from "fast-check";
import type { PlannedStage } from "../../../schemas/plan.js";
import type { StageState, StageStatus } from "../../../schemas/run.js";
import { fatalFailures, hasEnded, nextSteps } from "../../../workflows/schedule.js";
import { planned, state } from "./stages.js";

const context = { inputs: {}, stages: {} };

function steps(stages: PlannedStage[], statuses: Record<string, StageStatus>) {
  const states = Object.fromEntries(Object.entries(statuses).map(([id, status]) => [id, state(id, status)]));
  return nextSteps(stages, states, context);
}

describe("a stage whose needs have ended", () => {
  const pair = (more: Partial<PlannedStage> = {}) => [planned("a"), planned("b", { needs: ["a"], ...more })];

  it("waits while a need has not ended", () => {
    for (const status of ["running", "backingOff", "parked"] as const)
      expect(steps(pair(), { a: status, b: "queued" })).toEqual([]);
  });
  it.each(["succeeded", "cached"] as const)("is started after a need that %s", (status) => {
    expect(steps(pair(), { a: status, b: "queued" })).toEqual([{ stage: "b", act: "start" }]);
  });
  it("is skipped with the reason after a need that was skipped", () => {
    expect(steps(pair(), { a: "skipped", b: "queued" })).toEqual([
      { stage: "b", act: "skip", reason: "it needs stages.a, which was skipped" },
    ]);
  });
  it("is skipped when its `if` is false, and says so", () => {
    expect(steps(pair({ if: "1 > 2" }), { a: "succeeded", b: "queued" })).toEqual([
      { stage: "b", act: "skip", reason: "if: 1 > 2 is false" },
    ]);
  });
  it("is started after a failed need when its `if` asks for it", () => {
    for (const condition of ["always()", "failure()", "!success()"])
      expect(steps(pair({ if: condition }), { a: "failed", b: "queued" })).toEqual([{ stage: "b", act: "start" }]);
  });
  it("fails when its `if` cannot be evaluated", () => {
    expect(steps(pair({ if: "fromJSON('{')" }), { a: "succeeded", b: "queued" })).toEqual([
      { stage: "b", act: "fail", error: expect.objectContaining({ code: "BAD_EXPRESSION" }) },
    ]);
  });
});

test("only as many are started as asked for; what follows in the plan waits for the next steps", () => {
  const stages = [planned("a"), planned("b", { if: "false" }), planned("c"), planned("d", { if: "false" })];
  const states = Object.fromEntries(stages.map(({ id }) => [id, state(id, "queued")]));
  const acts = (maxStarts: number) => nextSteps(stages, states, context, { maxStarts }).map(({ stage }) => stage);
  expect(acts(0)).toEqual([]);
  expect(acts(1)).toEqual(["a"]);
  expect(acts(2)).toEqual(["a", "b", "c"]);
  expect(acts(3)).toEqual(["a", "b", "c", "d"]);
});

describe("while a run is canceled", () => {
  const stages = [
    planned("a"),
    planned("b"),
    planned("c", { needs: ["b"], if: "cancelled()" }),
    planned("d", { needs: ["a"], if: "failure() || success()" }),
    planned("e", { needs: ["c"], if: "always()" }),
    planned("f", { if: "always()", onFailure: "park" }),
    planned("g", { needs: ["a"], if: "!cancelled()" }),
  ];
  const afterwards = (statuses: Record<string, StageStatus>) => {
    const states = Object.fromEntries(stages.map(({ id }) => [id, state(id, statuses[id] ?? "queued")]));
    return nextSteps(stages, states, context, { isCanceled: true }).map(({ stage, act }) => `${act} ${stage}`);
  };
  it("only stages with cancelled() or always() are started, after what they need; none waits for people", () => {
    const first = ["cancel b", "cancel d", "cancel f", "cancel g"];
    expect(afterwards({ a: "cancelled", f: "parked" })).toEqual(first);
    const second = { a: "cancelled", b: "cancelled", d: "cancelled", f: "cancelled", g: "cancelled" } as const;
    expect(afterwards(second)).toEqual(["start c"]);
    expect(afterwards({ ...second, c: "failed" })).toEqual(["start e"]);
  });
});

describe("once a stage has failed for good", () => {
  const stages = [planned("a"), planned("b"), planned("c", { if: "always()" })];
  it("what is not started is canceled, except what asks to run all the same", () => {
    expect(steps(stages, { a: "failed", b: "queued", c: "queued" })).toEqual([
      { stage: "b", act: "cancel", reason: "stages.a failed before this stage was started" },
      { stage: "c", act: "start" },
    ]);
  });
  it.each([
    [{}, "had its choices"],
    [{ closed: "target" as const }, "resumed with its choices"],
  ])("the choices of a stage that is canceled are kept (%j)", (closed, before) => {
    const pairs = { artifact: "pairs" as const, digest: "0".repeat(64) };
    const choiceRequest = { pairs, items: 2, target: 2, choices: {}, ...closed };
    const states = { a: state("a", "failed"), b: { ...state("b", "queued"), choiceRequest } };
    expect(nextSteps([planned("a"), planned("b")], states, context)).toEqual([
      { stage: "b", act: "cancel", reason: `stages.a failed before this stage ${before}, which are kept` },
    ]);
  });
  it("nothing is canceled when the failed stage says `onFailure: continue`", () => {
    const [, ...rest] = stages;
    const all = [planned("a", { onFailure: "continue" }), ...rest];
    expect(steps(all, { a: "failed", b: "queued", c: "queued" }).map(({ act }) => act)).toEqual(["start", "start"]);
  });
});

describe("a parked stage", () => {
  const failing = { a: "parked", b: "failed" } as const;
  it("is left alone while the run is not failing", () => {
    expect(steps([planned("a"), planned("b", { onFailure: "continue" })], failing)).toEqual([]);
    expect(steps([planned("a"), planned("b")], { ...failing, b: "running" })).toEqual([]);
  });
  it("is canceled once the run is failing, so that the run ends", () => {
    expect(steps([planned("a"), planned("b")], failing)).toEqual([
      { stage: "a", act: "cancel", reason: "stages.b failed while this stage was parked" },
    ]);
  });
  it("is canceled, not parked again, where its `if` cannot be evaluated", () => {
    expect(steps([planned("a", { if: "fromJSON('{')" }), planned("b")], failing)).toMatchObject([
      { stage: "a", act: "cancel" },
    ]);
  });
  it("still asks where its `if` says that it runs in a failing run", () => {
    expect(steps([planned("a", { if: "always()" }), planned("b")], failing)).toEqual([]);
  });
});

/** Plans of up to 12 stages, each needing earlier ones; conditions and onFailure at random. */
const plans = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
      if: fc.option(fc.constantFrom("success()", "always()", "failure()", "false", "fromJSON('{')"), {
        nil: undefined,
      }),
      onFailure: fc.constantFrom("fail" as const, "park" as const, "continue" as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map((draft, i) => {
      const needs = [...new Set(draft.needs.filter((need) => need < i))].map((need) => `s${need}`);
      const { if: condition, onFailure } = draft;
      return planned(`s${i}`, { needs, onFailure, ...(condition === undefined ? {} : { if: condition }) });
    }),
  );

/**
 * Plays a plan: stages end one by one, in the order and the way that `choices` say. Returns what
 * was started, in order.
 */
function play(stages: PlannedStage[], choices: number[]) {
  const states: Record<string, StageState> = Object.fromEntries(stages.map(({ id }) => [id, state(id, "queued")]));
  const started: string[] = [];
  const underWay: string[] = [];
  const log: { stage: string; needs: StageStatus[] }[] = [];
  const settle = (): void => {
    for (let found = nextSteps(stages, states, context); found.length > 0; found = nextSteps(stages, states, context))
      for (const step of found) {
        const stage = stages.find(({ id }) => id === step.stage)!;
        log.push({ stage: step.stage, needs: stage.needs.map((id) => states[id]!.status) });
        if (step.act === "start") {
          started.push(step.stage);
          underWay.push(step.stage);
        }
        const next = { start: "running", skip: "skipped", cancel: "cancelled", fail: "failed" } as const;
        states[step.stage] = state(step.stage, next[step.act]);
      }
  };
  settle();
  for (let turn = 0; underWay.length > 0; turn++) {
    const choice = choices[turn % choices.length]!;
    const [ended] = underWay.splice(choice % underWay.length, 1);
    states[ended!] = state(ended!, (["succeeded", "cached", "failed"] as const)[choice % 3]!);
    settle();
  }
  return { states, started, log };
}
const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 12, maxLength: 12 });

describe("for every plan and every order of events", () => {
  it("each stage is decided upon exactly once, and only after all its needs have ended", () => {
    fc.assert(
      fc.property(plans, choices, (stages, order) => {
        const { log } = play(stages, order);
        expect(log.map(({ stage }) => stage).sort()).toEqual(stages.map(({ id }) => id).sort());
        for (const { needs } of log) expect(needs.every(hasEnded)).toBe(true);
      }),
    );
  });
  it("it never stands still: all stages end", () => {
    fc.assert(
      fc.property(plans, choices, (stages, order) => {
        const { states } = play(stages, order);
        expect(Object.values(states).every(({ status }) => hasEnded(status))).toBe(true);
      }),
    );
  });
  it("without failures and conditions every stage is started", () => {
    const plain = plans.map((stages) => stages.map(({ id, needs }) => planned(id, { needs })));
    fc.assert(
      fc.property(plain, choices, (stages, order) => {
        const { started } = play(
          stages,
          order.map((choice) => choice - (choice % 3)),
        );
        expect(started).toHaveLength(stages.length);
      }),
    );
  });
  it("what may run does not depend on the order in which the plan lists the stages", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (stages, pivot) => {
        const states = Object.fromEntries(stages.map(({ id }) => [id, state(id, "queued")]));
        const turned = [...stages.slice(pivot % stages.length), ...stages.slice(0, pivot % stages.length)];
        const ids = (list: PlannedStage[]) =>
          nextSteps(list, states, context)
            .map(({ stage, act }) => `${stage} ${act}`)
            .sort();
        expect(ids(turned)).toEqual(ids(stages));
      }),
    );
  });
  it("a run fails exactly when a stage without `onFailure: continue` has failed", () => {
    fc.assert(
      fc.property(plans, choices, (stages, order) => {
        const { states } = play(stages, order);
        const failed = stages.filter(
          ({ id, onFailure }) => states[id]!.status === "failed" && onFailure !== "continue",
        );
        expect(fatalFailures(stages, states).map(({ id }) => id)).toEqual(failed.map(({ id }) => id));
      }),
    );
  });
});

describe("a stage that asks", () => {
  it("has not ended, and is left alone while nothing has failed", () => {
    expect(hasEnded("waiting")).toBe(false);
    expect(steps([planned("a"), planned("b")], { a: "waiting", b: "succeeded" })).toEqual([]);
  });
  it("is canceled once the run is failing, unless its `if` asks to run then", () => {
    const failing = { a: "failed", b: "waiting" } as const;
    expect(steps([planned("a"), planned("b")], failing)).toMatchObject([{ stage: "b", act: "cancel" }]);
    expect(steps([planned("a"), planned("b", { if: "always()" })], failing)).toEqual([]);
  });
});
