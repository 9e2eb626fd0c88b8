import { Socket } from "node:net";
import { eventsDescriptor } from "../../activities/command/program.js";
import type { Answer, Methods } from "../../activities/module/messages.js";

/** A request that the worker could not fulfill. */
export class RequestFailed extends Error {
  readonly request: number;
  constructor(request: number, message: string) {
    super(message);
    this.request = request;
  }
}

interface Waiting {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

/**
 * The process's side of the events descriptor. It keeps the process alive only while an answer is
 * awaited.
 */
export class Channel {
  readonly #socket = new Socket({ fd: eventsDescriptor, readable: true, writable: true });
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #rest = "";

  constructor() {
    this.#socket.setEncoding("utf8");
    this.#socket.on("data", (text: string) => this.#read(text));
    // Without its worker the process is killed with its group.
    this.#socket.on("error", () => undefined);
    this.#socket.unref();
  }

  /** Sends an event of any program. */
  tell(event: object): void {
    this.#socket.write(`${JSON.stringify(event)}\n`);
  }

  /** Whether the worker has not read all events yet. */
  get isBehind(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Waits until the worker has read all events. */
  async drained(): Promise<void> {
    if (this.isBehind) await new Promise<void>((resolve) => this.#socket.once("drain", resolve));
  }

  /** @throws RequestFailed */
  ask<M extends keyof Methods>(method: M, args: Methods[M]["args"]): Promise<Methods[M]["answer"]> {
    const id = (this.#last += 1);
    const answer = new Promise<Methods[M]["answer"]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#socket.ref();
    this.tell({ event: "request", id, method, ...args });
    return answer;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#take(JSON.parse(line) as Answer);
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#socket.unref();
    if ("error" in answer) waiting?.reject(new RequestFailed(answer.id, answer.error));
    else waiting?.resolve(answer.value as never);
  }
}
