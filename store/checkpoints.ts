/** Checkpoints of one stage key: whole or absent, verified on read, newest first, the old one removed only after the new one is whole. */
export interface Checkpoints {
  /**
   * Writes a checkpoint: `write` fills an empty folder with files; it is then hashed, synced and renamed into place.
   * Older ones beyond `keep` are removed afterwards. Throws PawlError DISK_FULL with the old one intact.
   */
  save(step: number, write: (folder: string) => Promise<void> | void): Promise<void>;
  /** The newest whole one, or undefined. A corrupt one is skipped and reported through `onCorrupt`. */
  latest(): Promise<{ step: number; folder: string } | undefined>;
  /** Removes all, once the stage's result is recorded. */
  clear(): Promise<void>;
}
