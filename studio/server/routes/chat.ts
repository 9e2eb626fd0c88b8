import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { createInterface } from "node:readline";
import { Type } from "@sinclair/typebox";
import type { Hono } from "hono";
import { stream } from "hono/streaming";
import { PawlError } from "../../../platform/errors.js";
import { packageRoot } from "../../../platform/program/locations.js";
import type { ChatEvent } from "../../people-messages.js";
import type { StudioContext } from "../context.js";
import { readBody } from "../request-body.js";

/** Chats at the same time: each holds its models in memory. */
const maxChats = 2;
/** Models of one chat. */
const maxModels = 6;
const maxQuestionLength = 16_384;

const opening = Type.Object({ stages: Type.Array(Type.String()) });
const question = Type.Object({ text: Type.String({ pattern: "\\S", maxLength: maxQuestionLength }) });

/**
 * `/api/runs/RUN/chat`: opens a chat with the models of some stages, and streams its lines until
 * the page leaves; `/api/chats/CHAT`: asks all of them. The models compute in a process of their
 * own, `pawl chat`, which ends with the chat.
 */
export function chatRoutes(app: Hono, { home, runs }: StudioContext): void {
  const chats = new Map<string, ChildProcess>();

  app.post("/api/runs/:run/chat", async (c) => {
    const { runId, state } = await runs.view(c.req.param("run"));
    const { stages } = await readBody(c, opening);
    const known = state.stages.filter(({ outputs }) => outputs["model"] !== undefined).map(({ id }) => id);
    const wanted = known.filter((id) => stages.includes(id));
    if (wanted.length === 0 || wanted.length > maxModels)
      throw new PawlError("UNKNOWN_REFERENCE", `a chat needs 1 to ${maxModels} stages of run ${runId} with a model`, {
        expected: known.length === 0 ? "a stage that has left a model" : `some of ${known.join(", ")}`,
        got: JSON.stringify(stages),
      });
    if (chats.size >= maxChats)
      throw new PawlError("RESOURCES_EXHAUSTED", `${maxChats} chats are open`, {
        next: "close the page of another chat",
      });
    const chat = randomUUID();
    const child = startChat(home, runId, wanted);
    chats.set(chat, child);
    c.header("content-type", "application/x-ndjson; charset=utf-8");
    return stream(c, async (out) => {
      out.onAbort(() => void child.kill("SIGKILL"));
      const send = (event: ChatEvent): Promise<unknown> => out.write(`${JSON.stringify(event)}\n`);
      try {
        await send({ event: "open", chat });
        for await (const line of createInterface({ input: child.stdout! })) await out.write(`${line}\n`);
        if (!out.aborted) await send({ event: "failed", failure: await exitFailure(child) });
      } finally {
        chats.delete(chat);
        child.kill("SIGKILL");
      }
    });
  });

  app.post("/api/chats/:chat", async (c) => {
    const child = chats.get(c.req.param("chat"));
    if (child === undefined)
      throw new PawlError("UNKNOWN_REFERENCE", "this chat has ended", { next: "load the page again" });
    const { text } = await readBody(c, question);
    child.stdin!.write(`${text.trim().replaceAll(/\s*\n\s*/g, " ")}\n`);
    return c.json({});
  });
}

/** What a chat's process has written to its standard error lately, by process. */
const notes = new WeakMap<ChildProcess, string>();
const maxNoteLength = 4000;

function startChat(home: string, runId: string, stages: readonly string[]): ChildProcess {
  const main = path.join(packageRoot(), "dist", "cli", "main.js");
  const args = [main, "chat", runId, "--compare", stages.join(","), "--json", "--stream"];
  const child = spawn(process.execPath, args, { env: { ...process.env, PAWL_HOME: home } });
  child.stderr.on("data", (text: Buffer) => {
    notes.set(child, `${notes.get(child) ?? ""}${text.toString()}`.slice(-maxNoteLength));
  });
  // A question to a process that has just ended.
  child.stdin.on("error", () => undefined);
  return child;
}

/** Why a chat's process has ended by itself. */
async function exitFailure(child: ChildProcess): Promise<{ code: string; message: string; facts: object }> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
  const message =
    (notes.get(child) ?? "").trim() || `the chat's process has ended (${child.exitCode ?? child.signalCode})`;
  return { code: "WORKER_CRASHED", message, facts: { next: "open the chat again" } };
}
