/** Describes a thrown value, which may be anything. */
export function describeError(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 300);
  } catch {
    return "it threw something that has no text";
  }
}
