import { Hono } from "hono";
import { PawlError } from "../../platform/errors.js";
import type { StudioContext } from "./context.js";
import { toFailure, statusOfFailure } from "./failure.js";
import { Histories } from "./histories.js";
import { live } from "./live.js";
import { servePageFile, type PageFiles } from "./page-files.js";
import { answerRoutes } from "./routes/answers.js";
import { artifactRoutes } from "./routes/artifacts.js";
import { chatRoutes } from "./routes/chat.js";
import { choiceRoutes } from "./routes/choices.js";
import { compareRoutes } from "./routes/compare.js";
import { curveRoutes } from "./routes/curves.js";
import { definitionRoutes } from "./routes/definitions.js";
import { forkRoutes } from "./routes/fork.js";
import { pipelineRoutes } from "./routes/pipelines.js";
import { reportRoutes } from "./routes/report.js";
import { runRoutes } from "./routes/runs.js";
import { entrance, tickets } from "./routes/session.js";
import { RunWatch } from "./run-watch.js";
import { RunsBoard } from "./runs-board.js";
import { onlyOwnPages, secureHeaders } from "./safety.js";
import { ServerLink } from "./server-link.js";
import { needsSession, type Sessions } from "./sessions.js";

/** Routes of the studio; a feature adds its own here. */
const routes = [
  runRoutes,
  curveRoutes,
  artifactRoutes,
  choiceRoutes,
  answerRoutes,
  chatRoutes,
  pipelineRoutes,
  definitionRoutes,
  forkRoutes,
  compareRoutes,
  reportRoutes,
];

/** The studio of a home directory, without a port. */
export interface Studio {
  app: Hono;
  /** Reads the runs in advance. */
  warmUp(): Promise<unknown>;
  /** Pages that are open. */
  watchers(): number;
  close(): Promise<void>;
}

/** Further options of a studio. */
export type StudioPlace = Partial<Pick<StudioContext, "project" | "startServer" | "rates">>;

/** Who may use a studio. */
export interface Access {
  /** Names under which the studio may be reached, without port; absent: any. */
  hosts?: readonly string[];
  sessions: Sessions;
}

/** @param files of the page */
export function studioApp(
  home: string,
  { hosts, sessions }: Access,
  files: PageFiles,
  options: StudioPlace = {},
): Studio {
  const link = new ServerLink(home);
  const board = new RunsBoard(home, link, options.rates);
  const knownRuns = async (): Promise<string[]> => (await board.now()).runs.map(({ run }) => run);
  const runs = new RunWatch(home, link, knownRuns);
  const parts = { home, sessions, link, board, runs, histories: new Histories(home) };
  const context: StudioContext = { project: process.cwd(), ...options, ...parts };
  const app = new Hono();
  app.onError((error, c) => {
    const failure = toFailure(error);
    return c.json({ error: failure }, statusOfFailure(failure));
  });
  app.use(secureHeaders);
  app.use(onlyOwnPages(hosts));
  entrance(app, sessions);
  app.use("/api/*", needsSession(sessions));
  tickets(app, sessions);
  let watchers = 0;
  app.get("/api/live", (c) => live(c, context, (by) => void (watchers += by)));
  for (const add of routes) add(app, context);
  app.all("/api/*", (c) => {
    throw new PawlError("UNKNOWN_REFERENCE", `the studio has no ${c.req.method} ${c.req.path}`);
  });
  app.get("/assets/:name", (c) => servePageFile(c, files, c.req.param("name")) ?? c.text("there is no such file", 404));
  // Every other address is one of the page's views.
  app.get("*", (c) => servePageFile(c, files, "index.html")!);
  return { app, warmUp: () => board.now(), watchers: () => watchers, close: () => link.close() };
}
