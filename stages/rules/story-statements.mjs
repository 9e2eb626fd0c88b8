/**
 * Shared by the judge and the verifier of stories about a country: where statements begin, and
 * which are only remarks.
 */

/** All sentences begin with one of these words, so abbreviations do not end a sentence. */
const betweenSentences = /(?<=\.)\s+(?=(?:It|Its|They|Many|There)\s)/u;

export const remarks = new Set([
  "Many people like to go there.",
  "There is much to see in it.",
  "It has a history of its own.",
]);

/** The sentences of a story. */
export const splitSentences = (story) => story.trim().split(betweenSentences);

/**
 * The reference's statements. A reference that is not from the table is an error, not a story
 * without statements.
 */
export function knownStatements(reference) {
  const statements = splitSentences(reference);
  if (statements.every((statement) => /^(?:It|Its|They) .+\.$/u.test(statement))) return new Set(statements);
  throw new Error(`the reference is not a story of statements: "${reference}"`);
}
