/** A pattern that cannot be used: why, and what to do about it. */
export class PatternProblem extends Error {
  constructor(
    message: string,
    readonly next: string,
  ) {
    super(message);
  }
}

/** What `\s` matches in JavaScript; RE2's own knows only ASCII. */
const space = String.raw`\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const notSpace = String.raw`\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
const anything = String.raw`[\x{0}-\x{10ffff}]`;
const notLineEnd = String.raw`[^\x{a}\x{d}\x{2028}\x{2029}]`;
const nothing = String.raw`[^\x{0}-\x{10ffff}]`;

const controls: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/**
 * A JavaScript regular expression (flag u) in RE2's syntax. The two mostly agree; characters that
 * they treat differently (`\s`, dots, classes, escapes) are written out, and groups capture
 * nothing. Syntax: ECMA-262, "Patterns"; RE2: https://github.com/google/re2/wiki/Syntax
 * @throws PatternProblem for what is not a regular expression, and for lookaround, backreferences
 *   and flags inside the pattern
 */
export function translatePattern(source: string, dotAll: boolean): string {
  try {
    new RegExp(source, "u");
  } catch (error) {
    const message = (error as Error).message.replace(/^Invalid regular expression: /, "");
    throw new PatternProblem(
      message,
      "correct it; the flag is u, so only characters with a meaning may follow a backslash",
    );
  }
  return new Translator(source, dotAll).translate();
}

/** Reads a pattern that is known to be valid, from left to right. */
class Translator {
  #at = 0;

  constructor(
    private readonly source: string,
    private readonly dotAll: boolean,
  ) {}

  translate(): string {
    let out = "";
    while (this.#at < this.source.length) out += this.#term();
    return out;
  }

  #term(): string {
    const char = this.#take();
    if (char === "(") return this.#group();
    if (char === "[") return this.#characterClass();
    if (char === ".") return this.dotAll ? anything : notLineEnd;
    if (char === "\\") return this.#escape();
    // A special character means the same in RE2; any other is escaped, so that it has no special
    // meaning there either.
    return "^$*+?{}|)".includes(char) || /[0-9,]/.test(char) ? char : codePoint(char.codePointAt(0)!);
  }

  #group(): string {
    if (!this.#takeIf("?")) return "(?:";
    if (this.#takeIf(":")) return "(?:";
    for (const [sign, what] of [
      ["=", "lookahead"],
      ["!", "lookahead"],
      ["<=", "lookbehind"],
      ["<!", "lookbehind"],
    ] as const)
      if (this.#takeIf(sign))
        throw new PatternProblem(
          `(?${sign} is ${what}, which a search in linear time cannot do`,
          "write out what may match instead, or use two rules",
        );
    if (!this.#takeIf("<"))
      throw new PatternProblem(
        "flags inside a pattern are not supported",
        "write [aA] for a letter of either case, and [^] for any character",
      );
    this.#at = this.source.indexOf(">", this.#at) + 1;
    return "(?:";
  }

  /** After a backslash, outside a class. */
  #escape(): string {
    const char = this.#take();
    if (/[1-9k]/.test(char))
      throw new PatternProblem(
        `\\${char} is a backreference, which a search in linear time cannot do`,
        "write out the text that may occur there",
      );
    if (char === "b" || char === "B") return `\\${char}`;
    if (char === "s") return `[${space}]`;
    if (char === "S") return `[${notSpace}]`;
    return this.#escapeAnywhere(char);
  }

  #characterClass(): string {
    const negated = this.#takeIf("^");
    if (this.#takeIf("]")) return negated ? anything : nothing;
    let out = negated ? "[^" : "[";
    for (let char = this.#take(); char !== "]"; char = this.#take()) {
      if (char === "-") out += this.source[this.#at] === "]" || /\[\^?$/.test(out) ? codePoint(45) : "-";
      else out += char === "\\" ? this.#escapeInClass() : codePoint(char.codePointAt(0)!);
    }
    return `${out}]`;
  }

  #escapeInClass(): string {
    const char = this.#take();
    if (char === "b") return codePoint(8);
    if (char === "s") return space;
    if (char === "S") return notSpace;
    return this.#escapeAnywhere(char);
  }

  #escapeAnywhere(char: string): string {
    if ("dDwW".includes(char)) return `\\${char}`;
    if (char === "p" || char === "P") return this.#property(char);
    const control = controls[char];
    if (control !== undefined) return codePoint(control);
    if (char === "c") return codePoint(this.#take().charCodeAt(0) % 32);
    if (char === "x") return codePoint(this.#hex(2));
    if (char === "u") return codePoint(this.#unicode());
    return codePoint(char.codePointAt(0)!);
  }

  /** RE2 looks up the property; there, categories and scripts need no prefix. */
  #property(letter: string): string {
    const end = this.source.indexOf("}", this.#at);
    const name = this.source.slice(this.#at + 1, end);
    this.#at = end + 1;
    return `\\${letter}{${name.replace(/^(?:General_Category|gc|Script|sc)=/, "")}}`;
  }

  #unicode(): number {
    if (this.#takeIf("{")) {
      const end = this.source.indexOf("}", this.#at);
      const value = parseInt(this.source.slice(this.#at, end), 16);
      this.#at = end + 1;
      return value;
    }
    const high = this.#hex(4);
    const low = /^\\u(d[c-f][0-9a-f]{2})/i.exec(this.source.slice(this.#at, this.#at + 6))?.[1];
    if (high < 0xd800 || high > 0xdbff || low === undefined) return high;
    this.#at += 6;
    return 0x10000 + (high - 0xd800) * 0x400 + (parseInt(low, 16) - 0xdc00);
  }

  #hex(digits: number): number {
    this.#at += digits;
    return parseInt(this.source.slice(this.#at - digits, this.#at), 16);
  }

  /** The next character, which may be two code units. */
  #take(): string {
    const char = String.fromCodePoint(this.source.codePointAt(this.#at)!);
    this.#at += char.length;
    return char;
  }

  #takeIf(text: string): boolean {
    const found = this.source.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }
}

const codePoint = (value: number): string => `\\x{${value.toString(16)}}`;
