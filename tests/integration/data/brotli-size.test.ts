import { RandomStream } from "../../../platform/random.js";
import { yieldProcess } from "../../../platform/processes/yield-process.js";
import { brotliSize, brotliSizeAfter, type Pauses } from "../../../activities/evaluate/brotli-size.js";

test("the size of compressed text is found while the process keeps running", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("another turn"));
  expect(await brotliSize(Buffer.from("to and fro, ".repeat(1000)))).toBeLessThan(100);
  order.push("compressed");
  expect(order).toEqual(["another turn", "compressed"]);
});

describe("the size of a text after others", () => {
  const random = new RandomStream(1, "text");
  /** Bytes that cannot be compressed by themselves. */
  const noise = (bytes: number, first = 0) =>
    Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => 256 * random.uniform(first + i)));
  async function* parts(...buffers: Buffer[]) {
    yield* buffers;
  }
  const pauses = (changes: Partial<Pauses> = {}): Pauses => ({
    yield: yieldProcess,
    advance: async () => {},
    ...changes,
  });
  const after = (text: Buffer, ...before: Buffer[]) =>
    brotliSizeAfter(text, parts(...before), Buffer.concat(before).length, pauses());

  test("is next to nothing where they hold it, however far back; without them it is about that of the text alone", async () => {
    const text = noise(10_000);
    const others = noise(300_000, 10_000);
    expect(await after(text, others)).toBeGreaterThan(10_000);
    expect(await after(text, text, others)).toBeLessThan(100);
    expect(Math.abs((await after(text)) - (await brotliSize(text)))).toBeLessThan(10);
  });

  test("holds more than the 16 MiB that Brotli's usual window has", async () => {
    const text = noise(2000);
    // Bytes that are read fast.
    const far = Buffer.alloc(17 * 2 ** 20, "x");
    expect(await after(text, text, far)).toBeLessThan(100);
  });

  test("does not depend on how the others are cut into parts", async () => {
    const others = Buffer.concat([noise(3000), Buffer.from("to and fro, ".repeat(2000)), noise(3000)]);
    const text = Buffer.from("to and fro, and back again");
    const cut = Array.from({ length: Math.ceil(others.length / 77) }, (_, i) => others.subarray(77 * i, 77 * (i + 1)));
    expect(await after(text, ...cut)).toBe(await after(text, others));
  });

  test("reports its progress, and stops with the error that a pause throws", async () => {
    const steps: number[] = [];
    const advance = async (bytes: number): Promise<void> => void steps.push(bytes);
    const measure = (changes: Partial<Pauses>) =>
      brotliSizeAfter(Buffer.from("text"), parts(Buffer.alloc(600_000)), 600_000, pauses(changes));
    await measure({ advance });
    expect(steps).toEqual([262_144, 262_144, 75_712, 4]);
    const stop = async () => Promise.reject(new Error("told to stop"));
    await expect(measure({ advance: stop })).rejects.toThrow("told to stop");
    // Also while it waits for what Brotli puts out.
    await expect(measure({ yield: stop })).rejects.toThrow("told to stop");
  });
});
