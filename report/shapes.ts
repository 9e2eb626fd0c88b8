/**
 * A shape as an SVG path of 12 × 12: lines 1.75 wide, or filled. Fonts lack some of the characters
 * that would do.
 */
export interface Shape {
  path: string;
  isFilled?: true;
}

const disc = "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9";

export const shapes = {
  ring: { path: disc },
  disc: { path: disc, isFilled: true },
  diamond: { path: "M6 1L11 6L6 11L1 6Z", isFilled: true },
  triangle: { path: "M6 1.5L11 10.5H1Z", isFilled: true },
  tick: { path: "M2 6.5L5 9.5L10 2.5" },
  cross: { path: "M2.5 2.5L9.5 9.5M9.5 2.5L2.5 9.5" },
  dash: { path: "M2 6H10" },
  bars: { path: "M4 2V10M8 2V10" },
  /** An arrow out of the page. */
  out: { path: "M2.5 9.5L9 3M4 2.5H9.5V8" },
  /** An arrow back: taken from before. */
  back: { path: "M2.2 3.9a4.4 4.4 0 1 1-.6 2.6M2 1V4H5" },
  /** An arrow round: again. */
  round: { path: "M9.8 3.9a4.4 4.4 0 1 0 .6 2.6M10 1V4H7" },
} as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof shapes;
