import type { Mark } from "../marks.js";
import { shapes, type Shape, type ShapeName } from "../shapes.js";

/** A status: shape, word and color. */
export const Status = ({ mark: { shape, word, color } }: { mark: Mark }) => (
  <span class={`status is-${color}`}>
    <Sign shape={shape} /> {word}
  </span>
);

/** A shape among text, in the color of the text. What it means is said beside it. */
export const Sign = ({ shape }: { shape: ShapeName }) => (
  <svg class="sign" viewBox="0 0 12 12" aria-hidden="true">
    <ShapePath shape={shape} />
  </svg>
);

/** A shape in a drawing. */
export function ShapePath({ shape }: { shape: ShapeName }) {
  const { path, isFilled }: Shape = shapes[shape];
  return <path class={isFilled ? "shape is-filled" : "shape"} d={path} />;
}
