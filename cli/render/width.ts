/**
 * East Asian wide and full-width characters (UAX #11), and emoji, which take two columns of a
 * terminal.
 */
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/**
 * Marks over other characters, joiners and the like; not U+FE0F, which makes a sign an emoji, and
 * so wider.
 */
const withoutWidth = /(?!\ufe0f)[\p{Mn}\p{Me}\p{Cf}]/u;
const plainAscii = /^[\u0020-\u007e]*$/;

/**
 * Columns that a text without escape codes takes in a terminal: never too few, sometimes too many.
 */
export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The columns of one character. */
export function characterWidth(character: string): number {
  if (plainAscii.test(character)) return 1;
  // Up to the next tab stop; every other control character is shown as `\u001b`.
  if (character === "\t") return 8;
  if (/\p{Cc}/u.test(character)) return 6;
  if (withoutWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
