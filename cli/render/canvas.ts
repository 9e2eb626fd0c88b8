import type { Colors } from "../terminal.js";

/** What a run is drawn on. */
export interface Canvas {
  columns: number;
  /** Maximum number of lines; absent: all are drawn. */
  rows?: number;
  colors: Colors;
  nowMs: number;
  /** Where else to see the run; shown where there is room. */
  address?: string | undefined;
  /** A last line, shown where there is room. */
  hint?: string;
}
