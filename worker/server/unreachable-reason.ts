import { lookup } from "node:dns/promises";
import { connect } from "node:net";

/** How long to wait for a host to accept a connection, ms. */
const patienceMs = 2000;

/** Temporal's port, where an address names none. */
export const usualPort = 7233;

/**
 * What a plain TCP connection tells about an address at which no Temporal server answered.
 * @param tls whether it was asked over TLS
 * @param refusal what Temporal's client said
 */
export async function unreachableReason(
  address: string,
  tls: boolean,
  refusal: string,
): Promise<{ where: string; got: string; next: string }> {
  const { host, port } = parseAddress(address);
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const found = await connected(host, port);
  switch (found) {
    case "connected":
      return {
        where,
        got: `something listens there, but asked ${tls ? "with" : "without"} TLS: ${refusal}`,
        next: tls
          ? "check the port, the certificates and the key; TEMPORAL_TLS=false turns TLS off"
          : "check the port; TEMPORAL_TLS=true or TEMPORAL_API_KEY turns TLS on",
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { where, got: `no address for the name ${host} (${found})`, next: "check the name, or the network" };
    case "ECONNREFUSED":
      return { where, got: "nothing listens there (ECONNREFUSED)", next: "check that the server runs, and its port" };
    default:
      return { where, got: found, next: "check the address, the network and its firewalls" };
  }
}

function parseAddress(address: string): { host: string; port: number } {
  const [, host = address, port] = /^(.*?)(?::(\d+))?$/.exec(address.replace(/^[a-z+]+:\/\//, ""))!;
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: port === undefined ? usualPort : Number(port) };
}

/** "connected", or the error's code. */
async function connected(host: string, port: number): Promise<string> {
  try {
    const { address } = await lookup(host);
    return await new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, timeout: patienceMs });
      socket.once("connect", () => resolve("connected"));
      socket.once("timeout", () => resolve(`no connection within ${patienceMs / 1000} s`));
      socket.once("error", reject);
      socket.once("close", () => resolve("the connection was closed"));
      for (const event of ["connect", "timeout"]) socket.once(event, () => socket.destroy());
    });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
