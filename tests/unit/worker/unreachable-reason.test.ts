import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { unreachableReason } from "../../../worker/server/unreachable-reason.js";

async function listening(): Promise<{ server: Server; address: string }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("a port where nothing listens", async () => {
  const { server, address } = await listening();
  server.close();
  await once(server, "close");
  expect(await unreachableReason(address, false, "refused")).toEqual({
    where: address,
    got: "nothing listens there (ECONNREFUSED)",
    next: "check that the server runs, and its port",
  });
});

test.each([
  [true, "with TLS", "TEMPORAL_TLS=false turns TLS off"],
  [false, "without TLS", "TEMPORAL_TLS=true or TEMPORAL_API_KEY turns TLS on"],
])(
  "something listens there: what the client said stays, and how to turn TLS the other way round (TLS: %s)",
  async (tls, asked, advice) => {
    const { server, address } = await listening();
    const { got, next } = await unreachableReason(address, tls, "16 UNAUTHENTICATED: no key");
    expect(got).toBe(`something listens there, but asked ${asked}: 16 UNAUTHENTICATED: no key`);
    expect(next).toContain(advice);
    server.close();
  },
);

test("a name that no server knows (.invalid, RFC 2606), with the port that an address leaves out", async () => {
  const { where, got, next } = await unreachableReason("temporal.invalid", false, "refused");
  expect(where).toBe("temporal.invalid:7233");
  expect(got).toMatch(/^no address for the name temporal\.invalid \((ENOTFOUND|EAI_AGAIN)\)$/);
  expect(next).toBe("check the name, or the network");
});

test("an IPv6 address, with a scheme", async () => {
  const { where } = await unreachableReason("http://[::1]:1", false, "refused");
  expect(where).toBe("[::1]:1");
});
