import path from "node:path";

/** When a file that its owner renews was last seen to change. */
interface Sighting {
  stamp: string;
  /** By this process's monotonic clock. */
  sinceMs: number;
}

/**
 * Watches files whose owners, processes of other machines, cannot be checked from here: they live
 * for as long as they renew them. Only this process's own monotonic clock measures how long a file
 * has not changed. Modification times are only compared with each other: clocks of machines differ,
 * and can be set.
 */
export class RenewalWatch {
  readonly #sightings = new Map<string, Sighting>();
  readonly #now: () => number;

  /** @param now the system's monotonic clock; tests have others */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Looks at a file.
   * @param stamp differs after each renewal
   * @returns whether it has been watched for `expiresMs` without a renewal
   */
  hasExpired(file: string, stamp: string, expiresMs: number): boolean {
    const now = this.#now();
    const before = this.#sightings.get(file);
    if (before?.stamp === stamp) return now - before.sinceMs >= expiresMs;
    this.#sightings.set(file, { stamp, sinceMs: now });
    return false;
  }

  /** Forgets the files of a directory that no longer exist. @param files all that exist */
  forgetOthers(directory: string, files: Iterable<string>): void {
    const existing = new Set(files);
    for (const file of this.#sightings.keys())
      if (path.dirname(file) === directory && !existing.has(file)) this.#sightings.delete(file);
  }
}
