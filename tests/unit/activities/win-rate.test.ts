import { winRate as winRateOver } from "../../../activities/evaluate/win-rate.js";
import { outcomeInterval } from "../../../lm/train/metrics.js";

const answer = (ours: string, theirs: string, ourScore: number, theirScore: number) => ({
  prompt: "?",
  ours,
  theirs,
  ourScore,
  theirScore,
});

const winRate = (answers: Parameters<typeof winRateOver>[0]) => winRateOver(answers, outcomeInterval);

test("wins, losses and ties are by the judge's scores; a tie counts half", () => {
  const answers = [answer("a", "b", 2, 1), answer("a", "b", 3, 1), answer("a", "b", 0, 1), answer("a", "b", -1, -1)];
  expect(winRate(answers)).toMatchObject({ winRate: 2.5 / 4, wins: 2, losses: 1, ties: 1 });
});

describe("length alone", () => {
  test("explains all of what a judge of length decides, and nothing where it is the other way round", () => {
    const [longerWins, shorterWins] = [answer("long", "s", 1, 0), answer("s", "long", 1, 0)];
    expect(winRate([longerWins, answer("s", "long", 0, 1)])).toMatchObject({ lengthAgreement: 1, lengthWinRate: 0.5 });
    expect(winRate([shorterWins, shorterWins])).toMatchObject({ winRate: 1, lengthAgreement: 0, lengthWinRate: 0 });
    expect(winRate([longerWins, shorterWins])).toMatchObject({ winRate: 1, lengthAgreement: 0.5 });
  });

  test("counts equal lengths half, and leaves out what the judge did not decide", () => {
    const answers = [answer("same", "size", 1, 0), answer("long", "s", 0, 0), answer("long", "s", 1, 0)];
    expect(winRate(answers)).toMatchObject({ lengthAgreement: 1.5 / 2, lengthWinRate: 2.5 / 3 });
  });

  test("explains no decision where there is none", () => {
    expect(winRate([answer("long", "s", 0, 0)])).not.toHaveProperty("lengthAgreement");
  });
});
