import { Readable } from "node:stream";
import type { Context, Hono } from "hono";
import { cancelRun } from "../../../api/acting/cancel-run.js";
import { pauseRun } from "../../../api/acting/pause-run.js";
import { resumeRun } from "../../../api/acting/resume-run.js";
import { PawlError } from "../../../platform/errors.js";
import { findKnownRun } from "../../../report/run/known-run.js";
import { csvPieces } from "../../../report/run/histories.js";
import { readRunSamples } from "../../../report/run/samples.js";
import { resultKeys, readStageEvents } from "../../../report/run/stage-events.js";
import { readArtifactManifest } from "../../../store/artifacts/find-artifact.js";
import { findDefinition } from "../../../store/records/runs.js";
import { runNotFound } from "../../../api/reading/find-run.js";
import type { DefinitionMessage, ListedArtifact, RunMessage, SamplesMessage } from "../../messages.js";
import type { StudioContext } from "../context.js";
import { runHead, stageCards } from "../run-message.js";
import { stageDetail } from "../stage-detail.js";

/** Prompts of a stage that a page shows. */
const maxPrompts = 50;

/** What a page shows of runs, and what it can do with them. */
export function runRoutes(app: Hono, context: StudioContext): void {
  const { home, link, board, runs, rates } = context;
  actRoutes(app, context);

  app.get("/api/runs", async (c) => c.json(await board.now()));

  app.get("/api/runs/:run", async (c) => {
    const view = await runs.view(c.req.param("run"));
    const nowMs = Date.now();
    const head = runHead(view, nowMs, link.uiAddress(view.runId), rates);
    return c.json({ head, stages: stageCards(view, nowMs), isAll: true } satisfies RunMessage);
  });

  app.get("/api/runs/:run/stages/:stage", async (c) => {
    const view = await runs.view(c.req.param("run"));
    return c.json(await stageDetail(context, view, c.req.param("stage")));
  });

  app.get("/api/runs/:run/samples", async (c) => {
    const { state } = await runs.view(c.req.param("run"));
    const problems: string[] = [];
    const samples = await readRunSamples(home, state.stages, maxPrompts, ({ message }) => problems.push(message));
    return c.json({ samples, problems } satisfies SamplesMessage);
  });

  app.get("/api/runs/:run/artifacts", async (c) => {
    const { state } = await runs.view(c.req.param("run"));
    const listed = state.stages.flatMap(({ id, outputs }) =>
      Object.entries(outputs).map(async ([output, { artifact, digest }]): Promise<ListedArtifact> => {
        const files = await readArtifactManifest(home, digest).then(
          (manifest) => manifest.files,
          () => undefined,
        );
        const bytes = files?.reduce((sum, { size }) => sum + size, 0);
        const size = files === undefined ? {} : { bytes: bytes!, files: files.length };
        return { stage: id, output, kind: artifact, digest, ...size };
      }),
    );
    return c.json(await Promise.all(listed));
  });

  app.get("/api/runs/:run/definition", async (c) => {
    const { runId, state } = await runs.view(c.req.param("run"));
    const text = await findDefinition(home, runId);
    const file = state.plan?.file;
    return c.json({
      ...(text !== undefined && { text }),
      ...(file !== undefined && { file }),
    } satisfies DefinitionMessage);
  });

  app.get("/api/runs/:run/metrics.csv", (c) => metricsFile(c, context));
}

/**
 * The metrics of a run or of one of its stages as CSV.
 * @throws PawlError RUN_NOT_FOUND, UNKNOWN_REFERENCE
 */
async function metricsFile(c: Context, { home, runs }: StudioContext): Promise<Response> {
  const run = c.req.param("run")!;
  const known = await findKnownRun(home, run);
  if (known === undefined) throw runNotFound(run, []);
  const { state } = await runs.view(run);
  const stage = c.req.query("stage");
  const ids = state.stages.map(({ id }) => id).filter((id) => stage === undefined || id === stage);
  if (ids.length === 0) throw new PawlError("UNKNOWN_REFERENCE", `run ${run} has no stage ${stage}`);
  const keys = resultKeys(state.stages, await readStageEvents(home, run, stage));
  const name = encodeURIComponent(stage === undefined ? run : `${run}-${stage}`);
  c.header("content-type", "text/csv; charset=utf-8");
  c.header("content-disposition", `attachment; filename*=UTF-8''${name}.csv`);
  return c.body(Readable.toWeb(Readable.from(encodePieces(csvPieces(home, keys, ids)))) as ReadableStream);
}

/** What changes a run. */
function actRoutes(app: Hono, { home, link, startServer }: StudioContext): void {
  app.post("/api/runs/:run/cancel", async (c) => {
    const run = c.req.param("run");
    await link.withClient((client) => cancelRun(client, home, run));
    return c.json({ run, status: "cancelling" });
  });

  app.post("/api/runs/:run/:act{pause|unpause}", async (c) => {
    const { run, act } = c.req.param();
    const state = await link.withClient((client) => pauseRun(client, home, run, act as "pause" | "unpause"));
    return c.json({ run, ...state });
  });

  app.post("/api/runs/:run/resume", async (c) => {
    const run = c.req.param("run");
    if ((await link.current()) === undefined) await startServer?.();
    await link.withClient((client) => resumeRun(client, home, run));
    return c.json({ run, status: "running" });
  });
}

async function* encodePieces(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
