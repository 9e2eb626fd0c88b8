import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../messages.js";
import { useLinkState } from "./live.js";
import { sessionHeaders } from "./session.js";

/** An error that the studio's server reports, or that it does not answer. */
export class RequestFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

const away: Failure = {
  code: "SERVER_UNREACHABLE",
  message: "the studio does not answer",
  facts: { next: "start it again: pawl studio" },
};

/** The code of the error of a request that has no session. */
export const noSession = "NO_SESSION";

/** Reads data from the server. @throws RequestFailed */
export const read = <T>(address: string, signal?: AbortSignal): Promise<T> =>
  request(address, signal ? { signal } : {});

/** Asks the server to change something. @throws RequestFailed */
export const send = <T>(address: string, body: unknown = {}): Promise<T> =>
  request(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function request<T>(address: string, options: RequestInit): Promise<T> {
  const headers = { ...options.headers, ...sessionHeaders() };
  const response = await fetch(address, { ...options, headers }).catch((error: unknown) => {
    throw (error as Error).name === "AbortError" ? error : new RequestFailed(away);
  });
  const answer = (await response.json().catch(() => ({ error: away }))) as T & { error?: Failure };
  if (!response.ok) throw new RequestFailed(answer.error ?? away);
  return answer;
}

/** The error as the page shows it. */
export const toFailure = (error: unknown): Failure =>
  error instanceof RequestFailed ? error.failure : { code: "INTERNAL", message: String(error), facts: {} };

/**
 * Becomes true when the studio answers again after something could not be read because it did not,
 * or for want of a session.
 */
export function useAnswersAgain(failure: Failure | undefined): boolean {
  const mayPass = failure?.code === away.code || failure?.code === noSession;
  return useLinkState() === "connected" && mayPass;
}

export interface Loaded<T> {
  value?: T;
  failure?: Failure;
}

/** Transient failures of Temporal. */
const passing = [away.code, "WORKER_LOST"];
const tryAgainMs = 2000;

/** Counts up every while as long as a failure lasts that may pass. */
function useTries(failure: Failure | undefined): number {
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (failure === undefined || !passing.includes(failure.code)) return;
    const timer = setTimeout(() => setTries((before) => before + 1), tryAgainMs);
    return () => clearTimeout(timer);
  }, [failure]);
  return tries;
}

/**
 * What an address has, read again whenever the address or `version` changes, when the studio
 * answers again after it did not, and every while as long as Temporal or its workers do not; what
 * was read before stays meanwhile.
 */
export function useLoaded<T>(address: string | undefined, version: unknown = 0): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { address?: string }>({});
  const answersAgain = useAnswersAgain(loaded.failure);
  const tries = useTries(loaded.failure);
  useEffect(() => {
    if (address === undefined) return;
    const closed = new AbortController();
    read<T>(address, closed.signal).then(
      (value) => setLoaded({ value, address }),
      (error: unknown) => {
        if (!closed.signal.aborted) setLoaded((before) => ({ ...before, failure: toFailure(error), address }));
      },
    );
    return () => closed.abort();
  }, [address, version, answersAgain, tries]);
  return loaded.address === address ? loaded : {};
}
