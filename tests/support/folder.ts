import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder of one's own for each test, removed after it. */
export function useFolder(): () => string {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "pawl-test-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
