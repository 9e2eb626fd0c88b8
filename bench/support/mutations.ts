import { RandomStream } from "../../platform/random.js";

/**
 * What is put into definitions: signs of YAML and of expressions, numbers at limits, names that
 * almost exist, control characters.
 */
const pieces = [
  ..."{}[]:,-&*!|>'\"#%@`?~\t ".split(""),
  ...[
    "${{ ",
    " }}",
    "${{ inputs.",
    "${{ stages.",
    "format('{0}{1}', ",
    "fromJSON(",
    "toJSON(",
    " && ",
    " || ",
    "!",
    "(",
  ],
  ...[
    "<<: *a",
    "&a ",
    "*a",
    "!!binary ",
    "!!js/function ",
    "---\n",
    "...\n",
    "? ",
    "|2-\n",
    ">-\n",
    "null",
    "~",
    "true",
  ],
  ...["0", "-1", "1e309", "-0", "0x10", "1_000", "9007199254740993", ".inf", ".nan", "1s", "0s", "99999999999h", "1.5"],
  ...["^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*b", "[", "(?=a)", "\\1", "__proto__", "constructor", "toString", "uses: "],
  ...[
    "with: ",
    "needs: [",
    "stages:\n",
    "  x:\n",
    "inputs:\n",
    "\u0000",
    "\u001b[31m",
    "\u202e",
    "\ud800",
    "é",
    "\r\n",
    "\n",
  ],
];

/**
 * A definition with one to six mutations: the same for the same numbers.
 * @param texts what definitions begin as
 */
export function mutated(texts: readonly string[], seed: number, index: number): string {
  const stream = new RandomStream(seed, `definition ${index}`);
  let drawn = 0;
  const below = (count: number): number => Math.floor(stream.uniform(drawn++) * count);
  let text = texts[below(texts.length)]!;
  for (let left = 1 + below(6); left > 0; left--) text = mutations[below(mutations.length)]!(text, below);
  return text;
}

type Mutation = (text: string, below: (count: number) => number) => string;

const lines =
  (change: (all: string[], at: number, below: (count: number) => number) => void): Mutation =>
  (text, below) => {
    const all = text.split("\n");
    change(all, below(all.length), below);
    return all.join("\n");
  };

const mutations: Mutation[] = [
  lines((all, at) => all.splice(at, 1)),
  lines((all, at) => all.splice(at, 0, all[at]!)),
  lines((all, at, below) => all.splice(at, 0, ...all.splice(below(all.length), 1 + below(5)))),
  lines((all, at, below) => (all[at] = " ".repeat(below(4)) + all[at]!)),
  lines((all, at, below) => (all[at] = all[at]!.slice(below(3)))),
  // A value is replaced.
  lines((all, at, below) => (all[at] = all[at]!.replace(/: .*/, () => `: ${pieces[below(pieces.length)]}`))),
  // A letter of a word is lost.
  lines((all, at, below) => {
    const words = all[at]!.split(/\b/);
    const i = below(words.length);
    words[i] = words[i]!.slice(0, -1);
    all[at] = words.join("");
  }),
  (text, below) => {
    const at = below(text.length + 1);
    return text.slice(0, at) + pieces[below(pieces.length)] + text.slice(at);
  },
  (text, below) => {
    const at = below(text.length + 1);
    return text.slice(0, at) + text.slice(at + 1 + below(8));
  },
  // Inside an expression.
  (text, below) => {
    const found = [...text.matchAll(/\$\{\{/g)];
    if (found.length === 0) return text;
    const at = found[below(found.length)]!.index + 3 + below(20);
    return text.slice(0, at) + pieces[below(pieces.length)] + text.slice(at + below(3));
  },
  (text, below) => text.replaceAll(/\d+/g, (number) => (below(20) === 0 ? pieces[below(pieces.length)]! : number)),
  // An expression that expands: every level repeats its content many times.
  (text, below) => {
    const pattern = "{0}".repeat(1 + below(40));
    const levels = 1 + below(30);
    return text.replace(
      /\$\{\{(.*?)\}\}/,
      (_, inner: string) => `\${{ ${`format('${pattern}', `.repeat(levels)}${inner}${")".repeat(levels)} }}`,
    );
  },
  // An expression that would be evaluated again at every level.
  (text, below) => {
    const levels = 1 + below(45);
    return text.replace(/\$\{\{.*?\}\}/, () => `\${{ ${"(".repeat(levels)}inputs.*${").a".repeat(levels)} }}`);
  },
  // Deep and wide.
  (text, below) => text + "\nx: " + ["[", "{a: "][below(2)]!.repeat(1 + below(2000)),
];
