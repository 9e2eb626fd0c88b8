/**
 * JSON with one spelling per value: keys sorted by UTF-16 code units, no white space, numbers as
 * JavaScript writes them (RFC 8785). Fields that are undefined are left out. Throws TypeError for
 * values that JSON cannot represent.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const fields = value as Record<string, unknown>;
    const names = Object.keys(fields).filter((name) => fields[name] !== undefined);
    return `{${names
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`)
      .join(",")}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON form`);
}
