import { knownStatements, remarks, splitSentences } from "./story-statements.mjs";

/**
 * A judge for stories about a country: the number of statements that are true, minus those that are
 * false or repeated. Remarks do not count. The reference is a story of every true statement.
 * Compared word for word, since stories have one form.
 */
export default function trueStatements({ response, reference }) {
  const known = knownStatements(reference);
  let score = 0;
  for (const sentence of splitSentences(response)) if (!remarks.has(sentence)) score += known.delete(sentence) ? 1 : -1;
  return score;
}
