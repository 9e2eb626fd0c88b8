/**
 * A judge for stories about a country: statements that are true of it, minus those that are not, or are said again. Remarks
 * count for nothing. The reference is a story of every true statement. Compared word for word, since stories have one form.
 */
export default function trueStatements({ response, reference }) {
  const known = knownOf(reference);
  let score = 0;
  for (const sentence of response.trim().split(betweenSentences))
    if (!remarks.has(sentence)) score += known.delete(sentence) ? 1 : -1;
  return score;
}

/** All sentences begin with one of these words: abbreviations end none. */
const betweenSentences = /(?<=\.)\s+(?=(?:It|Its|They|Many|There)\s)/u;

const remarks = new Set([
  "Many people like to go there.",
  "There is much to see in it.",
  "It has a history of its own.",
]);

/** The reference's statements. A reference that is none of the table's is an error, not a story without statements. */
function knownOf(reference) {
  const statements = reference.trim().split(betweenSentences);
  if (statements.every((statement) => /^(?:It|Its|They) .+\.$/u.test(statement))) return new Set(statements);
  throw new Error(`the reference is no story of statements: "${reference}"`);
}
