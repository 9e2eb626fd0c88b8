import type { Colors } from "../terminal.js";

/** What a run is drawn on. */
export interface Canvas {
  columns: number;
  /** Maximum number of lines; absent: all are drawn. */
  rows?: number;
  colors: Colors;
  nowMs: number;
  /** Another place to see the run, shown if there is room. */
  address?: string | undefined;
  /** A last line, shown if there is room. */
  hint?: string;
}
