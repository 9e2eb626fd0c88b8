import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A file system of its own in memory, so small that it can be filled. */
export class SmallDisk {
  readonly directory = mkdtempSync(path.join(tmpdir(), "pawl-full-"));
  readonly home = path.join(this.directory, "home");

  /** False where this user may mount nothing. */
  mount(): boolean {
    if (process.getuid?.() !== 0) return false;
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "pawl", this.directory]);
    if (status === 0) mkdirSync(this.home);
    return status === 0;
  }

  /** Fills the disk. */
  fill(): void {
    const file = openSync(this.#filling, "a");
    try {
      for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1)
        try {
          for (;;) writeSync(file, Buffer.alloc(bytes));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filling);
  }

  remove(): void {
    spawnSync("umount", ["--lazy", this.directory]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  get #filling(): string {
    return path.join(this.directory, "filling");
  }
}
