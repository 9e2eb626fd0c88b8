/**
 * Rows of fixed length, filled with whole sequences: `members[rowStarts[r] … rowStarts[r+1])` are
 * the sequences of row r.
 */
export interface Packing {
  rows: number;
  rowStarts: Int32Array;
  members: Int32Array;
}

/**
 * Best-fit decreasing: longest sequence first, each into the fullest row that still takes it (Ding
 * et al. 2024, "Fewer truncations improve language modeling"). Ties by index, so the result is a
 * function of the lengths alone.
 * @param lengths tokens of each sequence, each at most `capacity`; a sequence of length 0 is left
 *   out
 */
export function packBestFit(lengths: ArrayLike<number>, capacity: number): Packing {
  const order = byLengthDescending(lengths, capacity);
  const rowsWithSpace: number[][] = Array.from({ length: capacity + 1 }, () => []);
  const content: number[][] = [];
  for (const sequence of order) {
    const length = lengths[sequence]!;
    let space = length;
    while (space <= capacity && rowsWithSpace[space]!.length === 0) space++;
    const row = space <= capacity ? rowsWithSpace[space]!.pop()! : content.push([]) - 1;
    content[row]!.push(sequence);
    const free = (space <= capacity ? space : capacity) - length;
    if (free > 0) rowsWithSpace[free]!.push(row);
  }
  return flatten(content);
}

function byLengthDescending(lengths: ArrayLike<number>, capacity: number): number[] {
  const buckets: number[][] = Array.from({ length: capacity + 1 }, () => []);
  for (let i = 0; i < lengths.length; i++) {
    const bucket = buckets[lengths[i]!];
    if (!bucket) throw new RangeError(`sequence ${i} has ${lengths[i]} tokens; a row holds ${capacity}`);
    if (lengths[i]! > 0) bucket.push(i);
  }
  return buckets.reverse().flat();
}

function flatten(content: number[][]): Packing {
  const rowStarts = new Int32Array(content.length + 1);
  content.forEach((row, i) => (rowStarts[i + 1] = rowStarts[i]! + row.length));
  return { rows: content.length, rowStarts, members: Int32Array.from(content.flat()) };
}
