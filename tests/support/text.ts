import fc from "fast-check";

const surrogates = { first: 0xd800, count: 0x800 };

/**
 * A code point, any that UTF-8 can hold, as text. As fast-check's `unit: "binary"`, without its
 * table of a million entries, which takes seconds to build.
 */
export const codePoint = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map((n) => String.fromCodePoint(n < surrogates.first ? n : n + surrogates.count));

/** Any Unicode text. */
export const unicodeText = (): fc.Arbitrary<string> => fc.string({ unit: codePoint });
