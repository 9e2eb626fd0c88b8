import { isServerAway, withServerErrors } from "../../api/servers/grpc.js";
import { connectIfUp, runAddress, type Server } from "../../api/servers/server.js";
import { PawlError } from "../../platform/errors.js";
import { pause } from "../../platform/processes/pause.js";

/** How often a server that is away is looked for, ms. */
const lookAgainMs = 2000;
/** How long a request waits for a server that has not answered yet, ms. */
const patienceMs = 1500;
/** The same for requests that cannot be served without the server. */
const requiredPatienceMs = 10_000;

/**
 * The Temporal server of a home directory, which may be away, come back, and come back at another
 * address.
 */
export class ServerLink {
  #server: Server | undefined;
  #isAway = false;
  #lookedAtMs = -Infinity;
  #looking: Promise<void> | undefined;

  /** @param connect as `connectIfUp` */
  constructor(
    private readonly home: string,
    private readonly connect: typeof connectIfUp = connectIfUp,
  ) {}

  /**
   * The server, if it is connected and has answered; a missing one is looked for in the background.
   */
  async current(): Promise<Server | undefined> {
    if ((this.#server === undefined || this.#isAway) && performance.now() - this.#lookedAtMs > lookAgainMs)
      void this.#lookNow(patienceMs);
    if (this.#server === undefined && this.#looking !== undefined)
      await Promise.race([this.#looking, pause(patienceMs, undefined, true)]);
    return this.#isAway ? undefined : this.#server;
  }

  /** The server for something that needs it. @throws PawlError SERVER_UNREACHABLE */
  async required(): Promise<Server> {
    // A look that is under way may have begun before the server was there.
    await this.#looking;
    if (this.#server === undefined || this.#isAway) await this.#lookNow(requiredPatienceMs);
    if (this.#server !== undefined && !this.#isAway) return this.#server;
    throw new PawlError("SERVER_UNREACHABLE", "the Temporal server does not answer", {
      where: this.#server?.address ?? this.home,
      next: "start it with `pawl up`; runs resume where they were",
    });
  }

  /**
   * Does something that needs the server.
   * @throws PawlError SERVER_UNREACHABLE, those of the server, and errors of `act`
   */
  async withClient<T>(act: (client: Server["client"]) => Promise<T>): Promise<T> {
    const server = await this.required();
    return withServerErrors(server, () => act(server.client));
  }

  /**
   * Uses the server if it answers.
   * @returns undefined if it does not
   * @throws other errors of `use`
   */
  async ask<T>(use: (server: Server) => Promise<T>, deadlineMs: number): Promise<T | undefined> {
    const server = await this.current();
    if (server === undefined) return undefined;
    try {
      return await server.client.withDeadline(Date.now() + deadlineMs, () => use(server));
    } catch (error) {
      if (!isServerAway(error)) throw error;
      this.#isAway = true;
      return undefined;
    }
  }

  /** The client of a server that was connected; for callers inside `ask`. */
  client(): Server["client"] {
    return this.#server!.client;
  }

  /** The address of a run in Temporal's web UI; undefined if it is not known. */
  uiAddress(runId: string): string | undefined {
    return this.#server && !this.#isAway ? runAddress(this.#server, runId) : undefined;
  }

  async close(): Promise<void> {
    await this.#looking;
    await this.#server?.close();
  }

  #lookNow(deadlineMs: number): Promise<void> {
    return (this.#looking ??= this.#look(deadlineMs).finally(() => (this.#looking = undefined)));
  }

  async #look(deadlineMs: number): Promise<void> {
    this.#lookedAtMs = performance.now();
    try {
      this.#server ??= await this.connect(this.home);
      if (this.#server === undefined) return;
      await this.#server.followMove(this.home);
      const { client } = this.#server;
      await client.withDeadline(Date.now() + deadlineMs, () => client.connection.workflowService.getSystemInfo({}));
      this.#isAway = false;
    } catch {
      this.#isAway = true;
    }
  }
}
