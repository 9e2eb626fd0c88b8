/**
 * A verifier for stories about a country: 1 where it says something, and all that it says is true. Remarks say nothing. The
 * reference is a story of every true statement; see true-statements.mjs.
 */
export default function whollyTrue({ response, reference }) {
  const known = knownOf(reference);
  const statements = response
    .trim()
    .split(betweenSentences)
    .filter((sentence) => !remarks.has(sentence));
  return statements.length > 0 && statements.every((statement) => known.has(statement));
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
