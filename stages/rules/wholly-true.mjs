import { knownStatements, remarks, splitSentences } from "./story-statements.mjs";

/**
 * A verifier for stories about a country: 1 if it has statements and all of them are true. Remarks
 * are not statements. The reference is a story of every true statement; see story-statements.mjs.
 */
export default function whollyTrue({ response, reference }) {
  const known = knownStatements(reference);
  const statements = splitSentences(response).filter((sentence) => !remarks.has(sentence));
  return statements.length > 0 && statements.every((statement) => known.has(statement));
}
