import { PawlError } from "../platform/errors.js";

const switches = Symbol.for("pawl.switches");

/**
 * Remembers the switches that the native library was loaded with, and refuses others: the library
 * reads its environment once per process. They are kept on the library's own object, which outlives
 * a reload of this module (a test runner reloads modules for each file, never the library).
 * @throws PawlError BACKEND_MISMATCH if the library was loaded with other switches
 */
export function holdSwitches(library: object, wanted: Record<string, string>): void {
  const keeper = library as { [switches]?: Record<string, string> };
  const held = (keeper[switches] ??= { ...wanted });
  const changed = [...new Set([...Object.keys(held), ...Object.keys(wanted)])].filter(
    (name) => held[name] !== wanted[name],
  );
  if (changed.length === 0) return;
  const list = (values: Record<string, string>): string =>
    changed.map((name) => `${name}=${JSON.stringify(values[name])}`).join(" ");
  throw new PawlError("BACKEND_MISMATCH", "the native library was loaded in this process with other switches", {
    where: `process ${process.pid}`,
    expected: list(wanted),
    got: list(held),
    next: "compute in a separate process",
  });
}
