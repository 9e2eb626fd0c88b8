/**
 * The greatest value; −Infinity if there are none. `Math.max(...values)` fails from about 100,000
 * values on.
 */
export function greatest(values: Iterable<number>): number {
  let found = -Infinity;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/** The least value; Infinity if there are none. */
export function least(values: Iterable<number>): number {
  let found = Infinity;
  for (const value of values) found = Math.min(found, value);
  return found;
}
