import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Memory where the system offers it: tests write small files and sync each of them. */
const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder of one's own for each test, removed after it. */
export function useFolder(): () => string {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(path.join(base, "pawl-test-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
