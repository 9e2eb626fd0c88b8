/** Lines that the page keeps, and characters of a line: the newest of each. */
const most = { lines: 5000, characters: 65_536 };

export interface OutputLines {
  /** The last line may continue. */
  lines: readonly string[];
  /** UTF-8 bytes of what was left out before and in them. */
  leftOut: number;
}

/** Appends new output to a program's earlier output. */
export function withText({ lines, leftOut }: OutputLines, text: string): OutputLines {
  if (text === "") return { lines, leftOut };
  const [first, ...rest] = text.split("\n");
  const all = [...lines.slice(0, -1), (lines.at(-1) ?? "") + first!, ...rest];
  const kept = all.slice(-most.lines).map((line) => line.slice(-most.characters));
  const removed = all.slice(0, -most.lines).map((line) => `${line}\n`);
  const cut = all.slice(-most.lines).map((line) => line.slice(0, -most.characters));
  const bytes = [...removed, ...cut].reduce((sum, part) => sum + new TextEncoder().encode(part).length, 0);
  return { lines: kept, leftOut: leftOut + bytes };
}
