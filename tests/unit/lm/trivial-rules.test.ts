import { codePoints, longer, trivialRules } from "../../../lm/train/trivial-rules.js";

const pair = (chosen: string, rejected: string, shownFirst?: "chosen" | "rejected") => ({
  chosen,
  rejected,
  ...(shownFirst && { shownFirst }),
});

test("length is in code points", () => {
  expect(codePoints("a😀é")).toBe(3);
  expect([longer("😀", "ab"), longer("aa", "bb"), longer("ab", "a")]).toEqual([0, 0.5, 1]);
});

test("the longer response wins where that explains more of the training pairs; equal lengths count half", () => {
  const train = [pair("long", "s"), pair("long", "s"), pair("s", "long"), pair("same", "also")];
  const heldOut = [pair("long", "s"), pair("s", "long"), pair("s", "long"), pair("same", "also")];
  expect(trivialRules(train, heldOut)).toEqual({
    length: { rule: "longer", trainAccuracy: 2.5 / 4, accuracy: 1.5 / 4, pairs: 4 },
  });
});

test("else the shorter one, by the training pairs alone", () => {
  const train = [pair("s", "long"), pair("s", "long"), pair("long", "s")];
  const heldOut = [pair("long", "s"), pair("long", "s"), pair("s", "long"), pair("same", "also")];
  expect(trivialRules(train, heldOut).length).toEqual({
    rule: "shorter",
    trainAccuracy: 1 - 1 / 3,
    accuracy: 1 - 2.5 / 4,
    pairs: 4,
  });
});

test("position counts the pairs of which it is known", () => {
  const train = [pair("a", "b", "rejected"), pair("a", "b", "rejected"), pair("a", "b", "chosen"), pair("a", "b")];
  const heldOut = [pair("a", "b", "rejected"), pair("a", "b")];
  const { position } = trivialRules(train, heldOut);
  expect(position).toEqual({ rule: "second", trainAccuracy: 1 - 1 / 3, accuracy: 1, pairs: 1 });
  expect(trivialRules(train, [pair("a", "b")]).position).toEqual({
    rule: "second",
    trainAccuracy: 1 - 1 / 3,
    pairs: 0,
  });
});

test("no held-out pairs, no accuracy", () => {
  expect(trivialRules([pair("ab", "c")], []).length).toEqual({ rule: "longer", trainAccuracy: 1, pairs: 0 });
});
