import type { Context, Hono } from "hono";
import { runNotFound } from "../../../api/reading/find-run.js";
import { PawlError } from "../../../platform/errors.js";
import { pawlVersion } from "../../../platform/program/version.js";
import { findKnownRun } from "../../../report/run/known-run.js";
import { reportTexts, type ReportTexts } from "../../../report/write-report.js";
import type { StudioContext } from "../context.js";

/**
 * The report has its style in itself, and neither scripts nor addresses: it may do nothing else.
 */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "sandbox",
].join("; ");

/**
 * `/api/runs/RUN/report` and `/api/runs/RUN/card`: what `pawl report` writes, made from the store
 * at each request.
 */
export function reportRoutes(app: Hono, { home, board }: StudioContext): void {
  app.get("/api/runs/:run/report", async (c) => {
    const { html } = await texts(c.req.param("run"));
    return answer(c, "text/html; charset=utf-8", html);
  });

  app.get("/api/runs/:run/card", async (c) => {
    const run = c.req.param("run");
    const { card } = await texts(run);
    if (card === undefined)
      throw new PawlError("ARTIFACT_MISSING", `run ${run} has left no model, so it has no model card`, {
        next: `open the report of the run, or run pawl report ${run}`,
      });
    c.header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(`${run}.md`)}`);
    return answer(c, "text/markdown; charset=utf-8", card);
  });

  /** @throws PawlError RUN_NOT_FOUND */
  async function texts(runId: string): Promise<ReportTexts> {
    const run = await findKnownRun(home, runId);
    if (run === undefined)
      throw runNotFound(
        runId,
        (await board.now()).runs.map(({ run: id }) => id),
      );
    return reportTexts(home, run, { nowMs: Date.now(), version: pawlVersion() });
  }
}

function answer(c: Context, type: string, text: string): Response {
  c.header("content-type", type);
  c.header("content-security-policy", policy);
  return c.body(text);
}
