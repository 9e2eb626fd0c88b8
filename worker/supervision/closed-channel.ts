import type { ConnectionOptions } from "@temporalio/client";

type Interceptor = NonNullable<ConnectionOptions["interceptors"]>[number];
type Call = ReturnType<Interceptor>;

/** gRPC's CANCELLED, which the client does not retry. */
const cancelled = 1;

/**
 * Ends a call that starts on a closed connection as canceled. The client starts its retries from a
 * timer, where the error that gRPC throws ("Channel has been shut down") would end the process.
 * Connections are also closed in an outage.
 */
export const endOnClosedChannel: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as Call;
  } catch (error) {
    return endedCall((error as Error).message);
  }
};

function endedCall(details: string): Call {
  const call: Pick<Call, "start" | "sendMessage" | "halfClose" | "cancelWithStatus"> = {
    start: (metadata, listener) => {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: cancelled, details, metadata });
    },
    sendMessage: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
  };
  return call as Call;
}
