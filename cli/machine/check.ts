/** The result of a check of one thing that Pawl needs. */
export interface Finding {
  name: string;
  level: "ok" | "warn" | "fail";
  found: string;
  /** The action that fixes it. */
  next?: string;
}
