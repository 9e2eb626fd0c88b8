import type { JsonObject } from "../../platform/json.js";
import { EventReader } from "../command/events.js";
import type { StageContext } from "../stage.js";
import type { Answer, End, Methods, Request, Task } from "./messages.js";

/** What answers each method; `begin` and `end` are the server's own. */
export type Handlers = {
  [M in Exclude<keyof Methods, "begin" | "end">]: (args: Methods[M]["args"]) => Promise<Methods[M]["answer"]>;
};

/** Answers the requests of a stage's process, one after the other. */
export class StageServer {
  /** How the task ended, once the process has said so. */
  end: End | undefined;
  readonly #task: Task;
  readonly #handlers: Partial<Handlers>;
  readonly #events: EventReader;
  readonly #errors = new Map<number, unknown>();
  #queue: Promise<void> = Promise.resolve();
  #send: (line: string) => void = () => undefined;

  /**
   * @param context takes progress, metrics and lines of the log
   * @param handlers those that are missing are refused
   */
  constructor(
    task: Task,
    context: Pick<StageContext, "progress" | "recordMetrics" | "log">,
    handlers: Partial<Handlers>,
  ) {
    this.#task = task;
    this.#handlers = handlers;
    this.#events = new EventReader(context, { onRequest: (request) => this.#take(request) });
  }

  /** @param send writes to the process */
  read(bytes: Buffer, send: (line: string) => void): void {
    this.#send = send;
    this.#events.read(bytes);
  }

  /** Waits until all requests of the process have been answered. */
  async close(): Promise<void> {
    this.#events.end();
    await this.#queue;
  }

  /** Returns why a request failed. */
  requestError(request: number): unknown {
    return this.#errors.get(request);
  }

  #take(event: JsonObject): void {
    const request = event as unknown as Request;
    this.#queue = this.#queue.then(async () => {
      const { id } = request;
      let answer: Answer;
      try {
        answer = { id, value: await this.#answerTo(request) };
      } catch (error) {
        this.#errors.set(id, error);
        answer = { id, error: (error as Error).message };
      }
      this.#send(`${JSON.stringify(answer)}\n`);
    });
  }

  async #answerTo(request: Request): Promise<Methods[keyof Methods]["answer"]> {
    if (request.method === "begin") return this.#task;
    if (request.method === "end") {
      this.end = request.end;
      return null;
    }
    const handler = this.#handlers[request.method] as
      | ((args: Request) => Promise<Methods[keyof Methods]["answer"]>)
      | undefined;
    if (handler === undefined) throw new Error(`${request.method} is for a stage that runs`);
    return handler(request);
  }
}
