import { RuleFailure, type RuleKind } from "../rule.js";

/**
 * Whether the last number in the response is the last number in the reference, exactly: as
 * fractions of whole numbers, never as floats. A number is digits, with commas between groups of
 * three or none, with a decimal part or none (`.5` too), with an exponent or none; `-` or `−`
 * before it is its sign unless a letter, a digit or a closing bracket comes before that (`10-3`
 * ends in 3), and a currency sign may follow the sign. Only if the reference ends in a fraction
 * (`3/4`) are fractions read as one number, in the response too: else the question `12/3` would be
 * its own answer.
 */
export const number: RuleKind = {
  needsReference: () => true,
  inProcess: false,
  open: () => (row) => {
    const reference = row.reference!;
    const wanted = lastNumber(reference, true);
    if (wanted === undefined) throw new RuleFailure("badReference", "there is no number in the reference");
    const got = lastNumber(row.response, wanted.isFraction);
    if (got === undefined) return 0;
    return got.numerator * wanted.denominator === wanted.numerator * got.denominator ? 1 : 0;
  },
};

interface Rational {
  numerator: bigint;
  denominator: bigint;
  isFraction: boolean;
}

const numeral =
  /(?:(?<![\p{L}\p{N})\]])(?<sign>[-−+])\p{Sc}?)?(?<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d+|(?<!\d)(?=\.\d))(?:\.(?<decimals>\d+))?(?:[eE](?<exponent>[-+]?\d{1,3})(?![\p{L}\p{N}]))?/gu;

function lastNumber(text: string, fractions: boolean): Rational | undefined {
  const found = [...text.matchAll(numeral)];
  const last = found.at(-1);
  if (last === undefined) return undefined;
  const before = found.at(-2);
  const between = before && text.slice(before.index + before[0].length, last.index);
  const [below, above] = [parseRational(last), before && parseRational(before)];
  if (!fractions || above === undefined || !/^ ?\/ ?$/.test(between!) || below.numerator === 0n) return below;
  return {
    numerator: above.numerator * below.denominator,
    denominator: above.denominator * below.numerator,
    isFraction: true,
  };
}

function parseRational(match: RegExpExecArray): Rational {
  const { sign, digits, decimals = "", exponent = "0" } = match.groups!;
  const numerator = BigInt(digits!.replaceAll(",", "") + decimals);
  const power = Number(exponent) - decimals.length;
  return {
    numerator: (sign === "-" || sign === "−" ? -numerator : numerator) * 10n ** BigInt(Math.max(0, power)),
    denominator: 10n ** BigInt(Math.max(0, -power)),
    isFraction: false,
  };
}
