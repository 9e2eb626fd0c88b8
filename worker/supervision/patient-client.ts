import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { connectClient, type ServerAddress } from "../server/connection.js";

/**
 * A supervisor's client of the server: connected when it is first needed, and again after the
 * server was away.
 */
export class PatientClient {
  readonly #server: ServerAddress | undefined;
  #client: Promise<Client> | undefined;

  constructor(server: ServerAddress | undefined) {
    this.#server = server;
  }

  /**
   * Runs `work` with the client.
   * @throws PawlError SERVER_UNREACHABLE, after which the next use reconnects; what `work` throws
   */
  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await work(await (this.#client ??= connectClient(this.#server)));
    } catch (error) {
      if (error instanceof PawlError) this.#client = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.connection.close();
  }
}
