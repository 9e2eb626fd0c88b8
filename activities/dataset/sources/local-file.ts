export interface LocalFile {
  /** The name in the source; its extension shows the format. */
  name: string;
  path: string;
}
