/** Appends to a list of any length: `push(...more)` overflows the stack from about 100,000 items on. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/** A list cut into slices of `size`, the last one may be shorter; one empty slice for an empty list. */
export function slicesOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.max(1, Math.ceil(list.length / size)) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
