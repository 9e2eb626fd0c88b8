import { markup, type Html } from "../html.js";
import type { Mark } from "../marks.js";

export const statusHtml = ({ sign, word, color }: Mark): Html =>
  markup`<span class="status is-${color}">${sign} ${word}</span>`;
