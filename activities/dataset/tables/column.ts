export interface Column {
  name: string;
  /** DuckDB's name of its type. */
  type: string;
}
