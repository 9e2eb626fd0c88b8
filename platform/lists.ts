/** Appends to a list of whatever length: `push(...more)` overflows the stack from about 100,000 items on. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}
