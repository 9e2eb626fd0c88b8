/**
 * A compressed file may unpack to `unpackedBytes`, or to `growth` times its size if that is larger.
 */
export interface GrowthLimits {
  unpackedBytes: number;
  growth: number;
}
export const usualGrowth: GrowthLimits = { unpackedBytes: 2 ** 30, growth: 100 };

/** Maximum number of bytes that a compressed file of `packed` bytes may unpack to. */
export const maxUnpacked = (packed: number, { unpackedBytes, growth }: GrowthLimits): number =>
  Math.max(unpackedBytes, growth * packed);
