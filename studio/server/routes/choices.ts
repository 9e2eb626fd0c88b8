import { Type, type Static } from "@sinclair/typebox";
import type { Hono } from "hono";
import type { Client } from "@temporalio/client";
import { nextItem } from "../../../api/choosing/next-item.js";
import { exportedPreferences, importPreferences } from "../../../api/choosing/preference-files.js";
import { findQuestion } from "../../../api/choosing/question.js";
import { knownRun } from "../../../api/reading/read-run.js";
import { preferenceFormats, type PreferenceFormat } from "../../../formats/preference-files.js";
import { PawlError } from "../../../platform/errors.js";
import { agreement, measureAgreement } from "../../../schemas/agreement.js";
import { countChosen, findVote, votesByPerson, type ChoiceRequestState } from "../../../schemas/choices.js";
import type { ChoiceView, ShownPair, Side } from "../../people-messages.js";
import type { StudioContext } from "../context.js";
import { identifyAnswerer, type Answerer } from "../person.js";
import { readBody } from "../request-body.js";
import { toChoice, isSwapped, orderFor, loadPairs, toSide } from "../shown-pairs.js";

/** What the page wants to see of a request. */
interface Wanted extends Answerer {
  /** This item instead of the next one. */
  item?: number;
  withAgreement: boolean;
}

const side = Type.Union([Type.Literal("left"), Type.Literal("right"), Type.Literal("tie"), Type.Literal("bothBad")]);

const closing = Type.Object({ person: Type.Optional(Type.String()), agreement: Type.Optional(Type.Boolean()) });

/** A choice at an item, or its withdrawal. */
const choosing = Type.Composite([
  closing,
  Type.Object({
    item: Type.Integer(),
    side: Type.Optional(side),
    /** The earlier choice that the page shows, null if none. */
    before: Type.Optional(Type.Union([...side.anyOf, Type.Null()])),
    note: Type.Optional(Type.String()),
    /** Digest of the pairs that the page shows. */
    pairs: Type.Optional(Type.String()),
  }),
]);

const importing = Type.Object({ text: Type.String(), person: Type.Optional(Type.String()) });
/** An import has all responses of a run. */
const maxImportBytes = 64 << 20;

/**
 * `/api/runs/RUN/choices/STAGE`: a request for choices as one person sees it, their choices, the
 * close, and its file. Each answer to a change is the view after it, with the next pair.
 */
export function choiceRoutes(app: Hono, context: StudioContext): void {
  const { home, link } = context;
  const route = "/api/runs/:run/choices/:stage";

  app.get(route, async (c) => {
    const { run, stage } = c.req.param();
    const { person, item, agreement: requested } = c.req.query();
    const wanted = {
      ...identifyAnswerer(c, person),
      ...(item !== undefined && { item: Number(item) }),
      withAgreement: requested !== undefined,
    };
    return c.json(await link.withClient((client) => choiceView(client, home, { run, stage }, wanted)));
  });

  app.post(`${route}/:act{choose|withdraw}`, async (c) => {
    const { run, stage, act } = c.req.param();
    const body = await readBody(c, choosing);
    const answerer = identifyAnswerer(c, body.person);
    const view = await link.withClient(async (client) => {
      const question = await findQuestion(client, home, run, stage, answerer.person);
      await question.send(act as "choose" | "withdraw", await sentChoice(question, body));
      const item = act === "withdraw" ? { item: body.item } : {};
      return choiceView(client, home, { run, stage }, { ...answerer, withAgreement: body.agreement === true, ...item });
    });
    return c.json(view);
  });

  app.post(`${route}/close`, async (c) => {
    const { run, stage } = c.req.param();
    const { person, agreement: requested } = await readBody(c, closing);
    const answerer = identifyAnswerer(c, person);
    const view = await link.withClient(async (client) => {
      const question = await findQuestion(client, home, run, stage, answerer.person);
      await question.send("close", {});
      return choiceView(client, home, { run, stage }, { ...answerer, withAgreement: requested === true });
    });
    return c.json(view);
  });

  app.get(`${route}/export`, async (c) => {
    const { run, stage } = c.req.param();
    const format = parseFormat(c.req.query("format"));
    const exported = await exportedPreferences(home, await context.runs.view(run), format, stage);
    const name = encodeURIComponent(`${run}-${stage}.${format === "jsonl" ? "jsonl" : "json"}`);
    c.header("content-type", "application/json; charset=utf-8");
    c.header("content-disposition", `attachment; filename*=UTF-8''${name}`);
    return c.body(exported.text);
  });

  app.post(`${route}/import`, async (c) => {
    const { run, stage } = c.req.param();
    const { text, person } = await readBody(c, importing, maxImportBytes);
    const answerer = identifyAnswerer(c, person);
    const imported = await link.withClient(async (client) =>
      importPreferences(await findQuestion(client, home, run, stage, answerer.person), text, answerer),
    );
    return c.json(imported);
  });
}

const parseFormat = (given = "label-studio"): PreferenceFormat => {
  const found = preferenceFormats.find((format) => format === given);
  if (found !== undefined) return found;
  throw new PawlError("NOT_ALLOWED", `there is no format ${given}`, { expected: preferenceFormats.join(", ") });
};

/**
 * The update for what a page sends: it speaks of sides, the workflow of the first and the second
 * response.
 */
async function sentChoice(
  question: Awaited<ReturnType<typeof findQuestion>>,
  { item, side, note = "", before, pairs }: Static<typeof choosing>,
): Promise<Parameters<typeof question.send>[1]> {
  const seen = pairs ?? (await question.look())?.pairs.digest;
  const swapped = isSwapped(question.by, seen ?? "", item);
  return {
    item,
    ...(side !== undefined && { choice: toChoice(side, swapped) }),
    ...(before !== undefined && { before: before === null ? null : toChoice(before, swapped) }),
    ...(seen !== undefined && { pairs: seen }),
    ...(note.trim() !== "" && { note: note.trim() }),
  };
}

async function choiceView(
  client: Client,
  home: string,
  { run, stage }: { run: string; stage: string },
  wanted: Wanted,
): Promise<ChoiceView> {
  const { state } = await knownRun(client, home, run);
  const found = state.stages.find(({ id }) => id === stage);
  const request = found?.choiceRequest;
  if (request === undefined)
    throw new PawlError("STAGE_NOT_WAITING", `stages.${stage} of run ${run} has not requested choices`, {
      got: found === undefined ? "no such stage" : `it is ${found.status}`,
      next: "go back to what waits",
    });
  const isClosed = found!.status !== "waiting";
  const { person, isProved, withAgreement } = wanted;
  const votes = votesByPerson(request);
  const pair = isClosed ? undefined : await readShownPair(home, request, wanted);
  const { closesAtMs, items, target, people = 1, insufficient } = request;
  return {
    ...{ run, stage, person, isProved, pairs: request.pairs.digest, items, target, people, isClosed },
    chosen: countChosen(request),
    mine: Object.keys(Object.hasOwn(votes, person) ? votes[person]! : {}).length,
    present: Object.keys(votes).length,
    ...(closesAtMs !== undefined && { closesAtMs }),
    ...(insufficient && { isInsufficient: insufficient }),
    ...(pair && { shown: pair }),
    ...((withAgreement || isClosed) && { agreement: { ...agreement(votes), own: measureAgreement(person, votes) } }),
  };
}

async function readShownPair(
  home: string,
  request: ChoiceRequestState,
  { person, item: requested }: Wanted,
): Promise<ShownPair | undefined> {
  const { digest } = request.pairs;
  const item = requested ?? nextItem(request, person, orderFor(person, digest, request.items));
  if (item === undefined) return undefined;
  const pair = (await loadPairs(home, request.pairs))[item - 1];
  if (pair === undefined)
    throw new PawlError("OUT_OF_RANGE", `there is no item ${item}`, { expected: `1 to ${request.items}` });
  const swapped = isSwapped(person, digest, item);
  const [left, right] = swapped ? [pair.second, pair.first] : [pair.first, pair.second];
  const vote = findVote(request, person, item);
  const mine: Side | undefined = vote && toSide(vote.choice, swapped);
  return { item, prompt: pair.prompt, left, right, ...(mine && { mine }), ...(vote?.note && { note: vote.note }) };
}
