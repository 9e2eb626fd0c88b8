/**
 * Appends to a list of any length: `push(...more)` overflows the stack from about 100,000 items on.
 */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/**
 * Cuts a list into slices of `size`; the last one may be shorter. An empty list gives one empty
 * slice.
 */
export function sliceList<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.max(1, Math.ceil(list.length / size)) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
