import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Memory where the system offers it: tests write small files and sync each of them. */
const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A directory of one's own for each test, removed after it. */
export function useDirectory(): () => string {
  let directory = "";
  beforeEach(() => (directory = mkdtempSync(path.join(base, "pawl-test-"))));
  afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return () => directory;
}
