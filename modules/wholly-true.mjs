/**
 * A verifier for stories about a country: 1 where every statement is true of it. The reference is a story of every true
 * statement; see true-statements.mjs.
 */
export default function whollyTrue({ response, reference }) {
  const known = new Set(reference.trim().split(betweenStatements));
  return (
    response.trim() !== "" &&
    response
      .trim()
      .split(betweenStatements)
      .every((statement) => known.has(statement))
  );
}

/** The first sentence names the country, the others begin with a pronoun: abbreviations end none. */
const betweenStatements = /(?<=\.)\s+(?=(?:Its|They)\s)/u;
