import type { Hono } from "hono";
import type { Client } from "@temporalio/client";
import { nextItem } from "../../../api/choosing/next-item.js";
import { exportedPreferences, importPreferences } from "../../../api/choosing/preference-files.js";
import { findQuestion } from "../../../api/choosing/question.js";
import { withServerErrors } from "../../../api/grpc.js";
import { knownRun } from "../../../api/read-run.js";
import { preferenceFormats, type PreferenceFormat } from "../../../formats/preference-files.js";
import { PawlError } from "../../../platform/errors.js";
import type { JsonObject } from "../../../platform/json.js";
import { agreement, agreementOf } from "../../../schemas/agreement.js";
import { chosenOf, voteOf, votesOf, type ChoiceRequestState } from "../../../schemas/choices.js";
import { sideWords, type ChoiceView, type ShownPair, type Side } from "../../people-messages.js";
import type { StudioContext } from "../context.js";
import { answererOf, type Answerer } from "../person.js";
import { bodyOf } from "../request-body.js";
import { choiceOf, isSwapped, orderFor, pairsOf, sideOf } from "../shown-pairs.js";

/** What of a request a page wants to see. */
interface Wanted extends Answerer {
  /** This item instead of the next one. */
  item?: number;
  withAgreement: boolean;
}

/**
 * `/api/runs/RUN/choices/STAGE`: a request for choices as one person sees it, their choices, the close, and its file. Each
 * answer to a change is the view after it, with the next pair.
 */
export function choiceRoutes(app: Hono, context: StudioContext): void {
  const { home, access } = context;
  const place = "/api/runs/:run/choices/:stage";

  app.get(place, async (c) => {
    const { run, stage } = c.req.param();
    const { person, item, agreement: asked } = c.req.query();
    const wanted = {
      ...answererOf(c, access, person),
      ...(item !== undefined && { item: Number(item) }),
      withAgreement: asked !== undefined,
    };
    return c.json(await withClient(context, (client) => choiceView(client, home, { run, stage }, wanted)));
  });

  app.post(`${place}/:act{choose|withdraw|close}`, async (c) => {
    const { run, stage, act } = c.req.param();
    const body = await bodyOf(c);
    const answerer = answererOf(c, access, body["person"]);
    const withAgreement = body["agreement"] === true;
    const view = await withClient(context, async (client) => {
      const question = await findQuestion(client, home, run, stage, answerer.person);
      if (act === "close") await question.send("close", {});
      else await question.send(act as "choose" | "withdraw", await sentChoice(question, body));
      const item = act === "withdraw" ? { item: body["item"] as number } : {};
      return choiceView(client, home, { run, stage }, { ...answerer, withAgreement, ...item });
    });
    return c.json(view);
  });

  app.get(`${place}/export`, async (c) => {
    const { run, stage } = c.req.param();
    const format = formatOf(c.req.query("format"));
    const exported = await exportedPreferences(home, await context.runs.view(run), format, stage);
    const name = encodeURIComponent(`${run}-${stage}.${format === "jsonl" ? "jsonl" : "json"}`);
    c.header("content-type", "application/json; charset=utf-8");
    c.header("content-disposition", `attachment; filename*=UTF-8''${name}`);
    return c.body(exported.text);
  });

  app.post(`${place}/import`, async (c) => {
    const { run, stage } = c.req.param();
    const { text, person } = await bodyOf(c);
    if (typeof text !== "string") throw new PawlError("WRONG_TYPE", "text must be the text of a file");
    const by = answererOf(c, access, person).person;
    const imported = await withClient(context, async (client) =>
      importPreferences(await findQuestion(client, home, run, stage, by), text),
    );
    return c.json(imported);
  });
}

const formatOf = (given = "label-studio"): PreferenceFormat => {
  const found = preferenceFormats.find((format) => format === given);
  if (found !== undefined) return found;
  throw new PawlError("NOT_ALLOWED", `there is no format ${given}`, { expected: preferenceFormats.join(", ") });
};

async function withClient<T>({ link }: StudioContext, act: (client: Client) => Promise<T>): Promise<T> {
  const server = await link.required();
  return withServerErrors(server, () => act(server.client));
}

/** The update for what a page sends: it speaks of sides, the workflow of the first and the second response. */
async function sentChoice(
  question: Awaited<ReturnType<typeof findQuestion>>,
  { item, side, note, before, pairs }: JsonObject,
): Promise<Parameters<typeof question.send>[1]> {
  const seen = typeof pairs === "string" ? pairs : (await question.look())?.pairs.digest;
  const swapped = isSwapped(question.by, seen ?? "", Number(item));
  const chosen = (given: unknown, name: string) => {
    const found = sideWords.find((word) => word === given);
    if (found !== undefined) return choiceOf(found, swapped);
    throw new PawlError("NOT_ALLOWED", `${name} must be one of ${sideWords.join(", ")}`, {
      got: JSON.stringify(given),
    });
  };
  return {
    item: item as number,
    ...(side !== undefined && { choice: chosen(side, "side") }),
    ...(before !== undefined && { before: before === null ? null : chosen(before, "before") }),
    ...(seen !== undefined && { pairs: seen }),
    ...(typeof note === "string" && note.trim() !== "" && { note: note.trim() }),
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
  const votes = votesOf(request);
  const shown = isClosed ? undefined : await shownPair(home, request, wanted);
  const { closesAtMs, items, target, people = 1, insufficient } = request;
  return {
    ...{ run, stage, person, isProved, pairs: request.pairs.digest, items, target, people, isClosed },
    chosen: chosenOf(request),
    mine: Object.keys(Object.hasOwn(votes, person) ? votes[person]! : {}).length,
    present: Object.keys(votes).length,
    ...(closesAtMs !== undefined && { closesAtMs }),
    ...(insufficient && { isInsufficient: insufficient }),
    ...(shown && { shown }),
    ...((withAgreement || isClosed) && { agreement: { ...agreement(votes), own: agreementOf(person, votes) } }),
  };
}

async function shownPair(
  home: string,
  request: ChoiceRequestState,
  { person, item: asked }: Wanted,
): Promise<ShownPair | undefined> {
  const { digest } = request.pairs;
  const item = asked ?? nextItem(request, person, orderFor(person, digest, request.items));
  if (item === undefined) return undefined;
  const pair = (await pairsOf(home, request.pairs))[item - 1];
  if (pair === undefined)
    throw new PawlError("OUT_OF_RANGE", `there is no item ${item}`, { expected: `1 to ${request.items}` });
  const swapped = isSwapped(person, digest, item);
  const [left, right] = swapped ? [pair.second, pair.first] : [pair.first, pair.second];
  const vote = voteOf(request, person, item);
  const mine: Side | undefined = vote && sideOf(vote.choice, swapped);
  return { item, prompt: pair.prompt, left, right, ...(mine && { mine }), ...(vote?.note && { note: vote.note }) };
}
