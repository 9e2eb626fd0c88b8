import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../support/pipelines.js";

type Rule<T> = (row: { response: string; reference: string }) => T;
const rule = <T>(name: string) => jest.requireActual<{ default: Rule<T> }>(`../../../stages/rules/${name}.mjs`).default;
const trueStatements = rule<number>("true-statements");
const whollyTrue = rule<boolean>("wholly-true");

const reference =
  "It is in South America. Its capital is Lima. Its people are called Peruvian. They pay in Peruvian sol. It measures 1285216 square kilometres. Its calling code is +51.";

test.each([
  ["It is in South America.", 1, true],
  ["It is in South America. They pay in Peruvian sol. Its capital is Lima.", 3, true],
  [reference, 6, true],
  ["It is in South America. Its capital is Quito.", 0, false],
  ["It is in Northern Europe.", -1, false],
  ["It is in South America. Its calling code is +52. Its capital is Lima.", 1, false],
  ["It is in South America. Its capital is Lima. Its capital is Lima.", 1, true],
  ["Many people like to go there. It has a history of its own.", 0, false],
  ["Many people like to go there. Its capital is Lima. There is much to see in it.", 1, true],
  ["There is much to see in it. Its capital is Quito.", -1, false],
  ["I do not know.", -1, false],
  ["", -1, false],
  ["  It is in South America.\n", 1, true],
  ["It is in South America. Its capital is Lima", 0, false],
])("%j scores %i, and is wholly true: %j", (response, score, isTrue) => {
  expect(trueStatements({ response, reference })).toBe(score);
  expect(whollyTrue({ response, reference })).toBe(isTrue);
});

test("an abbreviation ends no statement", () => {
  const story = "It is in North America. Its capital is Washington D.C.. They pay in United States dollar.";
  expect(trueStatements({ response: story, reference: story })).toBe(3);
});

test.each(["", "Lima", "Its capital is Lima", "Peru is in South America. Its capital is Lima."])(
  "a reference that is no story is an error: %j",
  (other) => {
    for (const judge of [trueStatements, whollyTrue])
      expect(() => judge({ response: "Its capital is Lima.", reference: other })).toThrow(
        "is not a story of statements",
      );
  },
);

test("the remarks are those of the stories", () => {
  const query = readFileSync(path.join(root, "pipelines/sql/stories.sql"), "utf8");
  const remarks = [...query.matchAll(/\['remark', '([^']+)'\]/g)].map(([, remark]) => remark!);
  expect(remarks).toHaveLength(3);
  expect(trueStatements({ response: remarks.join(" "), reference })).toBe(0);
});
