import type { ComponentChildren } from "preact";

interface WideTableProps {
  label: string;
  /** Of the columns. */
  head: readonly ComponentChildren[];
  class?: string;
  /** The rows. */
  children: ComponentChildren;
}

/** A table that scrolls by itself where it is wider than its place, also with the keyboard. */
export const WideTable = ({ label, head, class: name, children }: WideTableProps) => (
  <div class="wide" tabIndex={0} role="region" aria-label={label}>
    <table class={name}>
      <thead>
        <tr>
          {head.map((cell, i) => (
            <th key={i} scope="col">
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
