import { markup, type Html } from "../html.js";
import type { Mark } from "../marks.js";
import { shapes, type Shape, type ShapeName } from "../shapes.js";

export const statusHtml = ({ shape, word, color }: Mark): Html =>
  markup`<span class="status is-${color}">${signHtml(shape)} ${word}</span>`;

/** A shape among text, in the color of the text. What it means is said beside it. */
export const signHtml = (shape: ShapeName): Html =>
  markup`<svg class="sign" viewBox="0 0 12 12" aria-hidden="true">${shapePath(shape)}</svg>`;

/** The path of a shape. */
export function shapePath(name: ShapeName): Html {
  const { path, isFilled }: Shape = shapes[name];
  return markup`<path class="${isFilled ? "shape is-filled" : "shape"}" d="${path}" />`;
}
