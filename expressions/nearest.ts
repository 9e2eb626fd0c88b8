/**
 * Edits (insert, delete, replace, swap of neighbors) between two words: Damerau–Levenshtein
 * distance in its optimal-string-alignment form, case ignored.
 */
export function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replace, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate that `word` most likely meant, or undefined if none is near: at most a third of the
 * letters differ, or the first four agree, or it is the beginning of a longer one with at most a
 * quarter of its letters wrong. Of candidates that begin with the whole word, the shortest.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const longer = word.length < 3 ? [] : candidates.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
  if (longer.length > 0) return longer.reduce((a, b) => (b.length < a.length ? b : a));
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = wordDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** How far a candidate is from a word; Infinity if it is not near. */
function wordDistance(word: string, candidate: string): number {
  const distance = editDistance(word, candidate);
  const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
  if (distance <= allowed || beginAlike(word, candidate)) return distance;
  const atStart = editDistance(word, candidate.slice(0, word.length));
  return word.length >= 4 && atStart <= Math.floor(word.length / 4) ? atStart + 1 : Infinity;
}

function beginAlike(a: string, b: string): boolean {
  return a.length >= 4 && a.slice(0, 4).toLowerCase() === b.slice(0, 4).toLowerCase();
}

/**
 * Advice for a name that does not exist: the nearest existing one, else a choice (the message lists
 * them), else `nothing`.
 */
export function proposal(word: string, candidates: readonly string[], nothing: string): string {
  const guess = nearest(word, candidates);
  if (guess !== undefined) return `write ${guess}`;
  if (candidates.length === 0) return nothing;
  if (candidates.length === 1) return `the only one is ${candidates[0]}`;
  return "choose one of those listed";
}
