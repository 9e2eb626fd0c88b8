import fc from "fast-check";
import { fitAxis, short } from "../../../report/components/axis.js";
import { matchPath, runAddress } from "../../../studio/page/address.js";
import { groupBoxes } from "../../../studio/page/boxes.js";
import {
  curveView,
  drawnPoints,
  nearestPoint,
  smooth,
  omissionReason,
  xNames,
} from "../../../studio/page/curves/curve-view.js";
import { withText, type OutputLines } from "../../../studio/page/output-lines.js";
import { bytesText, spoken } from "../../../studio/page/text.js";
import type { CurvePiece, StageCard } from "../../../studio/messages.js";

test("an address of a run is read back, whatever its id", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (run) => {
      expect(matchPath("/runs/:run/:tab", runAddress(run, "curves"))).toEqual({ run, tab: "curves" });
    }),
  );
});

test.each([
  ["/runs/:run", "/runs/", undefined],
  ["/runs/:run", "/runs/%E0%A4%A", undefined],
  ["/runs/:run", "/runs/a/b", undefined],
  ["/runs", "/runs/", {}],
  ["/", "/", {}],
])("the pattern %s takes from %s: %j", (pattern, path, expected) => expect(matchPath(pattern, path)).toEqual(expected));

test.each([
  [0, "0 s"],
  [450, "450 ms"],
  [59_400, "59 s"],
  [130_000, "2 min 10 s"],
  [600_000, "10 min"],
  [11_100_000, "3 h 5 min"],
  [-5, "0 s"],
])("%d ms are %s", (ms, expected) => expect(spoken(ms)).toBe(expected));

test.each([
  [847, "847 B"],
  [1234, "1.2 kB"],
  [999_600, "1.0 MB"],
  [5_430_481, "5.4 MB"],
])("%d bytes are %s", (bytes, expected) => expect(bytesText(bytes)).toBe(expected));

test.each([
  [0, "0"],
  [12_345, "12.3k"],
  [2_500_000, "2.5M"],
  [0.00061, "6.1e-4"],
  [4.0789, "4.079"],
])("an axis shows %d as %s", (value, expected) => expect(short(value)).toBe(expected));

const card = (id: string, type: string, status: StageCard["status"], needs: string[] = []): StageCard => ({
  ...{ id, declared: id, type, status, needs, attempts: 1, metrics: {}, outputs: {} },
});

describe("boxes of the graph", () => {
  const sources = ["a", "b", "c", "d"].map((id) => card(id, "dataset", "succeeded"));
  const rest = [
    card("tokens", "tokenize", "succeeded", ["a", "b", "c", "d"]),
    card("base", "pretrain", "running", ["a", "tokens"]),
  ];

  test("finished stages of one type that nothing comes before are folded; a detour is no edge", () => {
    expect(groupBoxes([...sources, ...rest], true).map(({ declared, needs }) => [declared, needs])).toEqual([
      ["4 × dataset", []],
      ["tokens", ["4 × dataset"]],
      ["base", ["tokens"]],
    ]);
  });

  test.each(["running", "failed", "parked", "waiting"] as const)("one that is %s is never folded", (status) => {
    const cards = [...sources, card("e", "dataset", status), ...rest];
    expect(groupBoxes(cards, true).map(({ declared }) => declared)).toEqual(["4 × dataset", "e", "tokens", "base"]);
  });

  test("those that nothing comes after are folded where the last of them was", () => {
    const ends = ["w", "x", "y", "z"].map((id) => card(id, "evaluate", "cached", [id === "z" ? "base" : "tokens"]));
    const cards = [
      card("tokens", "tokenize", "succeeded"),
      ...ends.slice(0, 3),
      card("base", "pretrain", "running", ["tokens"]),
      ends[3]!,
    ];
    expect(groupBoxes(cards, true).map(({ declared, needs }) => [declared, needs])).toEqual([
      ["tokens", []],
      ["base", ["tokens"]],
      ["4 × evaluate", ["base"]],
    ]);
  });

  test("unfolded, every stage of the definition is a box; combinations of a matrix are one", () => {
    const members = [1, 2].map((i) => ({ ...card(`m.${i}`, "sft", "succeeded"), declared: "m" }));
    expect(groupBoxes([...sources, ...members], false).map(({ declared, cards }) => [declared, cards.length])).toEqual([
      ...["a", "b", "c", "d"].map((id) => [id, 1]),
      ["m", 2],
    ]);
  });
});

describe("curves", () => {
  const piece: CurvePiece = {
    ...{ stage: "base", metric: "loss", from: 1, to: 4, count: 4, notFinite: 0, checkpoints: [], retries: [] },
    points: [
      [1, 4],
      [2, 0],
      [3, -1],
      [4, 2],
    ],
    times: [
      [1, 1000],
      [3, 3000],
    ],
    tokensPerStep: 10,
  };

  test("by tokens and by time, interpolated and extrapolated where the log has no time", () => {
    expect(drawnPoints(piece, curveView("tokens", false, 0)).map(([x]) => x)).toEqual([10, 20, 30, 40]);
    expect(drawnPoints(piece, curveView("time", false, 0)).map(([x]) => x)).toEqual([0, 1, 2, 3]);
  });

  test("by tokens or by time, what has no place is left out; steps are never taken for tokens or seconds", () => {
    const { tokensPerStep: _unknown, ...rest } = piece;
    const bare = { ...rest, times: [] };
    for (const x of ["tokens", "time"] as const) expect(drawnPoints(bare, curveView(x, false, 0))).toEqual([]);
    expect(xNames.map((x) => omissionReason(bare, x))).toEqual([
      undefined,
      "it counts no tokens",
      "the times of its steps were not recorded",
    ]);
    expect(omissionReason({ ...bare, countsTokens: true }, "tokens")).toBe(
      "its tokens are known once it has succeeded",
    );
    expect(xNames.map((x) => omissionReason(piece, x))).toEqual([undefined, undefined, undefined]);
  });

  test("by time, of a single known time only its step has a place", () => {
    const one: CurvePiece = { ...piece, times: [[1, 1000]] };
    expect(drawnPoints(one, curveView("time", false, 0))).toEqual([[0, 4]]);
  });

  test("on a logarithmic axis, values that are not above 0 are left out", () => {
    expect(drawnPoints(piece, curveView("step", true, 0))).toEqual([
      [1, 4],
      [4, 2],
    ]);
  });

  test("smoothing keeps a constant, and its first value", () => {
    expect(
      smooth(
        [
          [1, 3],
          [2, 3],
          [3, 3],
        ],
        0.9,
      ).map(([, value]) => Math.round(1e9 * value) / 1e9),
    ).toEqual([3, 3, 3]);
  });

  test("an axis goes back from pixels to values", () => {
    for (const isLog of [false, true]) {
      const axis = fitAxis([1, 1000], [40, 340], isLog);
      for (const value of [1, 10, 500, 1000]) expect(axis.valueAt(axis.of(value))).toBeCloseTo(value, 6);
    }
    expect(fitAxis([5], [0, 100], false).of(5)).toBe(50);
    expect(fitAxis([], [0, 100], false).ticks.length).toBeGreaterThan(0);
  });

  test("the nearest point", () => {
    expect(nearestPoint(piece.points, 2.4)).toEqual([2, 0]);
    expect(nearestPoint(piece.points, 99)).toEqual([4, 2]);
    expect(nearestPoint([], 1)).toBeUndefined();
  });
});

describe("what a program has printed", () => {
  const none: OutputLines = { lines: [], leftOut: 0 };

  test("is the same lines, however it is cut into pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "ä", "\n") })), (pieces) => {
        const { lines, leftOut } = pieces.reduce(withText, none);
        expect(lines.join("\n")).toBe(pieces.join(""));
        expect(leftOut).toBe(0);
      }),
    );
  });

  test("is bounded in lines and in their length, and what is left out is counted", () => {
    const { lines, leftOut } = withText(withText(none, "ä\n".repeat(6000)), "x".repeat(100_000));
    expect(lines).toHaveLength(5000);
    expect(lines.at(-1)).toHaveLength(65_536);
    expect(leftOut).toBe(3 * 1001 + 100_000 - 65_536);
  });
});
