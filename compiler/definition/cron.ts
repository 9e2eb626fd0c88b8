/** A field of a cron expression, as Temporal reads it. */
interface Field {
  name: string;
  least: number;
  most: number;
  /** Names of the numbers from `least` on, by their first three letters. */
  words?: readonly string[];
}

const fields: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  {
    name: "month",
    least: 1,
    most: 12,
    words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of the week", least: 0, most: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/** The last day of each month, in leap years. */
const lastDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A range of a field, in steps of `step`. */
interface Range {
  from: number;
  to: number;
  step: number;
}

/**
 * Returns why a text is not a valid cron expression, or never matches, or undefined if it is valid.
 */
export function cronProblem(text: string): { message: string; expected: string; got: string } | undefined {
  const written = text.trim().split(/\s+/);
  if (written.length !== fields.length)
    return {
      message: `must have five fields, got ${text.trim() === "" ? 0 : written.length}`,
      expected: `${fields.map(({ name }) => name).join(", ")}, separated by spaces`,
      got: text,
    };
  const ranges: Range[][] = [];
  for (const [i, field] of fields.entries()) {
    const read = written[i]!.split(",").map((item) => parseRange(item, field));
    const wrong = read.findIndex((range) => range === undefined);
    if (wrong >= 0) return wrongField(field, written[i]!.split(",")[wrong]!);
    ranges.push(read as Range[]);
  }
  const [, , days, months] = ranges;
  if (expandRanges(months!).some((month) => expandRanges(days!).some((day) => day <= lastDays[month - 1]!)))
    return undefined;
  return { message: "never comes: no such month has that day", expected: "a day that the month has", got: text };
}

function wrongField({ name, least, most, words }: Field, got: string) {
  const names = words === undefined ? "" : `, or ${words[0]} to ${words.at(-1)}`;
  return {
    message: `has a wrong ${name}, ${got}`,
    expected: `${least} to ${most}${names}: *, one number, a range 1-5, each with a step /2 if you like, or a list of these`,
    got,
  };
}

/** Parses one item of a field's list. */
function parseRange(item: string, field: Field): Range | undefined {
  const [, range = "", step = "1"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(item) ?? [];
  const [from, to] =
    range === "*" ? [field.least, field.most] : range.split("-").map((text) => parseNumber(text, field));
  const isOne = !range.includes("-") && range !== "*";
  const last = isOne ? (item.includes("/") ? field.most : from) : to;
  if (from === undefined || last === undefined || range.split("-").length > 2) return undefined;
  return from <= last && Number(step) > 0 ? { from, to: last, step: Number(step) } : undefined;
}

function parseNumber(text: string, { least, most, words }: Field): number | undefined {
  const word = text.length >= 3 ? words?.indexOf(text.slice(0, 3).toLowerCase()) : undefined;
  if (word !== undefined && word >= 0) return least + word;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

function expandRanges(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ from, to, step }) => {
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
  });
}
