import { shapes, type Shape, type ShapeName } from "../../../report/shapes.js";

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
