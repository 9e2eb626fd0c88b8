/**
 * A judge for stories about a country: statements that are true of it minus those that are not, or are said again. The
 * reference is a story of every true statement. Compared word for word, since stories have one form.
 */
export default function trueStatements({ response, reference }) {
  const known = new Set(reference.trim().split(betweenStatements));
  let score = 0;
  for (const statement of response.trim().split(betweenStatements)) score += known.delete(statement) ? 1 : -1;
  return score;
}

/** The first sentence names the country, the others begin with a pronoun: abbreviations end none. */
const betweenStatements = /(?<=\.)\s+(?=(?:Its|They)\s)/u;
