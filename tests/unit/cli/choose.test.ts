import { chooseByKeys } from "../../../cli/choosing/session.js";
import type { Question } from "../../../api/choosing/question.js";
import { countChosen, type ChoiceRequestState, type Choice } from "../../../schemas/choices.js";
import { PawlError } from "../../../platform/errors.js";
import { recordedTerminal } from "../../support/terminal.js";

/** A question that is answered in memory, as the workflow would. */
function questionOf(items: number, target = items, choices: Record<number, Choice> = {}) {
  const choiceRequest = { items, target } as ChoiceRequestState;
  let given = choices;
  let closed = false;
  const sent: string[] = [];
  const question: Question = {
    runId: "run-1",
    stage: "a",
    by: "",
    look: async () => (closed ? undefined : { ...choiceRequest, choices: given }),
    async send(name, { item, choice }) {
      if (closed) throw new PawlError("STAGE_NOT_WAITING", "closed");
      sent.push([name, item, choice].filter(Boolean).join(" "));
      const { [item!]: _before, ...rest } = given;
      given = choice === undefined ? rest : { ...rest, [item!]: choice };
      closed = countChosen({ choices: given }) >= target;
      return { stage: "a", chosen: countChosen({ choices: given }), target, closed };
    },
    pairs: async () =>
      Array.from({ length: items }, (_, i) => {
        return { prompt: `prompt ${i + 1}`, first: `one ${i + 1}`, second: `two ${i + 1}\nmore`, reference: "" };
      }),
  };
  return { question, sent, close: () => (closed = true) };
}

/** Types keys one by one; fails when more are asked for. */
function typing(keys: string, before: (key: string) => void = () => {}): () => Promise<string> {
  const left = [...keys];
  return async () => {
    const key = left.shift();
    if (key === undefined) throw new Error("no key is left");
    before(key);
    return key;
  };
}

test("each key is a choice of the pair shown, until there are enough", async () => {
  const { question, sent } = questionOf(5, 4);
  const terminal = recordedTerminal();
  expect(await chooseByKeys(question, typing("12tb"), terminal)).toBe("closed");
  expect(sent).toEqual(["choose 1 first", "choose 2 second", "choose 3 tie", "choose 4 bothBad"]);
  expect(terminal.written.out).toContain("── 1 of 4 ─");
  expect(terminal.written.out).toContain(
    ["prompt 4", "", "1  one 4", "", "2  two 4", "   more", "", "Which response do you prefer?"].join("\n"),
  );
});

test("what was recorded is said", async () => {
  const { question } = questionOf(4);
  const terminal = recordedTerminal();
  await chooseByKeys(question, typing("2buq"), terminal);
  expect(terminal.written.out.match(/^(chosen|withdrawn): .*$/gm)).toEqual([
    "chosen: second",
    "chosen: bothBad",
    "withdrawn: the choice before",
  ]);
});

test("it begins with the first pair that has no choice; other keys do nothing", async () => {
  const { question, sent } = questionOf(3, 3, { 1: "first", 3: "tie" });
  expect(await chooseByKeys(question, typing("x3 u2"), recordedTerminal())).toBe("closed");
  expect(sent).toEqual(["choose 2 second"]);
});

test("of a question opened again whose target has been reached, it says so", async () => {
  const { question } = questionOf(3, 2, { 1: "tie", 2: "tie" });
  const terminal = recordedTerminal();
  await chooseByKeys(question, typing("q"), terminal);
  expect(terminal.written.out).toContain("── 2 of 2 chosen, one more ─");
});

test("u takes the last choice back and shows its pair again, as often as there are some", async () => {
  const { question, sent } = questionOf(4);
  const terminal = recordedTerminal();
  expect(await chooseByKeys(question, typing("12uu2q"), terminal)).toBe("left");
  expect(sent).toEqual(["choose 1 first", "choose 2 second", "withdraw 2", "withdraw 1", "choose 1 second"]);
});

test.each(["q", "\u0003"])("%j leaves; what was chosen is kept", async (key) => {
  const { question, sent } = questionOf(3);
  expect(await chooseByKeys(question, typing(`1${key}`), recordedTerminal())).toBe("left");
  expect(sent).toEqual(["choose 1 first"]);
});

test("a question that is closed elsewhere meanwhile ends the session", async () => {
  const { question, sent, close } = questionOf(3);
  const keys = typing("12", (key) => key === "2" && close());
  expect(await chooseByKeys(question, keys, recordedTerminal())).toBe("closed");
  expect(sent).toEqual(["choose 1 first"]);
});

test("what a model wrote cannot steer the terminal", async () => {
  const { question } = questionOf(1);
  question.pairs = async () => [{ prompt: "\u001b[2Jp", first: "a\u0007", second: "b\u009bA", reference: "" }];
  const terminal = recordedTerminal();
  await chooseByKeys(question, typing("q"), terminal);
  expect(terminal.written.out).not.toMatch(/[\u001b\u0007\u009b]/);
  expect(terminal.written.out).toContain("\\u001b[2Jp");
});
