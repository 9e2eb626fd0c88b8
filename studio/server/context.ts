import type { Rates } from "../../api/reading/rates.js";
import type { Histories } from "./histories.js";
import type { RunWatch } from "./run-watch.js";
import type { RunsBoard } from "./runs-board.js";
import type { ServerLink } from "./server-link.js";
import type { Sessions } from "./sessions.js";

/** Context shared by the routes. */
export interface StudioContext {
  home: string;
  /** The project directory, absolute. */
  project: string;
  sessions: Sessions;
  /** The cost of an hour of work. Absent: costs are not shown. */
  rates?: Rates;
  /**
   * Starts the embedded server if no other is configured and none runs; absent: nothing is started.
   */
  startServer?: () => Promise<void>;
  link: ServerLink;
  board: RunsBoard;
  runs: RunWatch;
  histories: Histories;
}
