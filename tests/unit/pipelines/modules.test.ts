type Rule<T> = (row: { response: string; reference: string }) => T;
const rule = <T>(name: string) => jest.requireActual<{ default: Rule<T> }>(`../../../modules/${name}.mjs`).default;
const trueStatements = rule<number>("true-statements");
const whollyTrue = rule<boolean>("wholly-true");

const reference =
  "Peru is in South America. Its capital is Lima. Its people are called Peruvian. They pay in Peruvian sol.";
const score = (response: string): number => trueStatements({ response, reference });

test.each([
  ["Peru is in South America.", 1],
  ["Peru is in South America. They pay in Peruvian sol. Its capital is Lima.", 3],
  [reference, 4],
  ["Peru is in South America. Its capital is Quito.", 0],
  ["Peru is in Northern Europe.", -1],
  ["Peru is in South America. Its capital is Lima. Its capital is Lima.", 1],
  ["I do not know.", -1],
  ["", -1],
  ["  Peru is in South America.\n", 1],
  ["Peru is in South America. Its capital is Lima", 0],
])("%j scores %i", (response, expected) => expect(score(response)).toBe(expected));

test.each([
  ["Peru is in South America.", true],
  [reference, true],
  ["Peru is in South America. Its capital is Lima. Its capital is Lima.", true],
  ["Peru is in South America. Its capital is Quito.", false],
  ["I do not know.", false],
  ["", false],
])("%j is wholly true: %j", (response, expected) => expect(whollyTrue({ response, reference })).toBe(expected));

test("an abbreviation ends no statement", () => {
  const story = "United States is in North America. Its capital is Washington D.C.. They pay in United States dollar.";
  expect(trueStatements({ response: story, reference: story })).toBe(3);
});
