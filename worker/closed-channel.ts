import type { ConnectionOptions } from "@temporalio/client";

type Interceptor = NonNullable<ConnectionOptions["interceptors"]>[number];
type Call = ReturnType<Interceptor>;

/** gRPC's CANCELLED, which the client does not try again. */
const cancelled = 1;

/**
 * Ends a call that is begun on a closed connection as cancelled. The client begins its further tries from a timer, where what
 * gRPC throws then ("Channel has been shut down") would end the process: a connection is closed in an outage as well.
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
