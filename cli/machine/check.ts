/** What was found about one thing that Pawl needs. */
export interface Finding {
  name: string;
  level: "ok" | "warn" | "fail";
  found: string;
  /** The action that fixes it. */
  next?: string;
}
