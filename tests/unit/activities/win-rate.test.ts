import { winRate as winRateOver } from "../../../activities/evaluate/win-rate.js";
import { outcomeInterval } from "../../../lm/train/metrics.js";

const response = (ours: string, theirs: string, ourScore: number, theirScore: number) => ({
  prompt: "?",
  ours,
  theirs,
  ourScore,
  theirScore,
});

const winRate = (responses: Parameters<typeof winRateOver>[0]) => winRateOver(responses, outcomeInterval);

test("wins, losses and ties are by the judge's scores; a tie counts half", () => {
  const responses = [
    response("a", "b", 2, 1),
    response("a", "b", 3, 1),
    response("a", "b", 0, 1),
    response("a", "b", -1, -1),
  ];
  expect(winRate(responses)).toMatchObject({ winRate: 2.5 / 4, wins: 2, losses: 1, ties: 1 });
});

describe("length alone", () => {
  test("explains all of what a judge of length decides, and nothing where it is the other way round", () => {
    const [longerWins, shorterWins] = [response("long", "s", 1, 0), response("s", "long", 1, 0)];
    expect(winRate([longerWins, response("s", "long", 0, 1)])).toMatchObject({
      lengthAgreement: 1,
      lengthWinRate: 0.5,
    });
    expect(winRate([shorterWins, shorterWins])).toMatchObject({ winRate: 1, lengthAgreement: 0, lengthWinRate: 0 });
    expect(winRate([longerWins, shorterWins])).toMatchObject({ winRate: 1, lengthAgreement: 0.5 });
  });

  test("counts equal lengths half, and leaves out what the judge did not decide", () => {
    const responses = [response("same", "size", 1, 0), response("long", "s", 0, 0), response("long", "s", 1, 0)];
    expect(winRate(responses)).toMatchObject({ lengthAgreement: 1.5 / 2, lengthWinRate: 2.5 / 3 });
  });

  test("explains no decision where there is none", () => {
    expect(winRate([response("long", "s", 0, 0)])).not.toHaveProperty("lengthAgreement");
  });
});
