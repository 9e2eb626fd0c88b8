import type { StageContext } from "./stage.js";

/** Progress in bytes of text, with the time left. */
export class ByteProgress {
  private readonly startedAt = performance.now();
  private total = 0;
  private done = 0;
  private reported = 0;

  constructor(
    private readonly context: StageContext,
    private readonly phase: string,
  ) {}

  /** Adds to the total. */
  expect(bytes: number): void {
    this.total += bytes;
  }

  /** Yields if enough was done since the last time. @throws the signal's reason */
  async advance(bytes: number): Promise<void> {
    this.done += bytes;
    if (this.done - this.reported < 1 << 18) return;
    this.reported = this.done;
    await this.context.yield();
    const etaSeconds = ((performance.now() - this.startedAt) / 1000 / this.done) * Math.max(0, this.total - this.done);
    const { phase, done, total } = this;
    this.context.progress({ phase, done, total, unit: "bytes", etaSeconds, metrics: {} });
  }
}
