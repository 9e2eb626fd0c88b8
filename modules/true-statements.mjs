/**
 * A judge for stories about a country: statements that are true of it minus those that are not, or are said again. The
 * reference is all that is true: a story of every statement. Compared word for word, since stories have one form.
 */
export default function trueStatements({ response, reference }) {
  const known = new Set(statementsOf(reference));
  let score = 0;
  for (const statement of statementsOf(response)) score += known.delete(statement) ? 1 : -1;
  return score;
}

/** Sentences, of which the first names the country and the others begin with a pronoun: abbreviations end none. */
function statementsOf(story) {
  return story
    .trim()
    .split(/(?<=\.)\s+(?=(?:Its|They)\s)/u)
    .filter((statement) => statement !== "");
}
